using IoTCentral.Core.Devices;
using IoTCentral.Core.Live;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Rules.Engine;
using IoTCentral.Core.Telemetry;
using IoTCentral.Data.Rules;
using IoTCentral.Data.Telemetry;
using IoTCentral.Data.Tenants;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTCentral.Data.Tests.Rules;

/// <content>The engine: started, killed, and led step by step.</content>
internal sealed partial class Shop
{
    /// <summary>The engine as the program starts it.</summary>
    public async Task StartAsync()
    {
        _committed = new CommittedLog(_log);
        _run = new RuleRun(
            _committed,
            new RuleStorage(
                new TenantStore(Database.TenantDb, Clock),
                Rules,
                _templates,
                Devices,
                new RuleHistory(Database.TenantDb),
                new LastValueKeeper(
                    _committed,
                    new CheckpointStore(Database.SystemDb),
                    LastValues,
                    Clock,
                    NullLogger<LastValueKeeper>.Instance
                ),
                Journal
            ),
            Notices,
            Changes,
            Clock,
            new RuleMetrics(_meters, _committed),
            NullLogger.Instance
        );
        await _run.StartAsync(Ct);
    }

    /// <summary>A fridge, one rule, and the engine that judges it.</summary>
    public async Task<Device> WatchFridgeAsync(RuleDefinition definition)
    {
        var fridge = await AddFridgeAsync();
        await AddRuleAsync(definition);
        await StartAsync();
        return fridge;
    }

    /// <summary>Its memory is gone; what was committed stays.</summary>
    public void Kill()
    {
        _run?.Dispose();
        _run = null;
    }

    public async Task RestartAsync()
    {
        Kill();
        await StartAsync();
    }

    /// <summary>One step of the engine: what waits in the log, else the news.</summary>
    public Task StepAsync() => _run!.StepAsync(Ct);

    /// <summary>A step without messages, for news to be read.</summary>
    public Task StepNewsAsync() => ClockAsync("0:00");

    /// <summary>The clock comes to this time while no message waits.</summary>
    public async Task ClockAsync(string time)
    {
        // Timers run a second behind; a step without messages waits a quarter of one.
        var tick = TimeSpan.FromMilliseconds(250);
        var start = At(time) + TimeSpan.FromSeconds(1) - tick;
        if (start > Clock.GetUtcNow())
            Clock.SetUtcNow(start);
        var step = _run!.StepAsync(Ct);
        while (!step.IsCompleted)
        {
            Clock.Advance(tick);
            await Task.WhenAny(step, Task.Delay(20, Ct));
        }

        await step;
    }
}
