using IoTCentral.Core.Access;
using IoTCentral.Core.Live;
using IoTCentral.Core.Telemetry;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Live;

namespace IoTCentral.Web.Features.Devices;

/// <summary>What an open device page hears: one subscription, told to all its parts at most every 100 ms, on the page's own thread.</summary>
public sealed class DeviceLive(ILiveFeed feed, LiveFrames frames, UiErrors errors) : IDisposable
{
    // a device sends 50 a second at most; twenty seconds of it
    private const int Capacity = 1_000;

    private readonly Lifetime _gone = new();

    /// <summary>Told of new messages, oldest first; parts add and remove themselves.</summary>
    public Action<IReadOnlyList<CommittedMessage>>? Came { get; set; }

    /// <summary>When the newest message was received since the page is open.</summary>
    public DateTimeOffset? LastReceived { get; private set; }

    /// <summary>Listens until it is disposed.</summary>
    public async Task RunAsync(Caller caller, long deviceKey, CancellationToken ct)
    {
        caller.Demand(Permission.ViewDevices);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(ct, _gone.Token);
        using var heard = feed.Subscribe(caller.Tenant, new HashSet<long> { deviceKey }, Capacity);
        while (!ends.IsCancellationRequested)
        {
            try
            {
                Tell(await heard.ReadAsync(ends.Token));
                await frames.FlushAsync(ends.Token);
                await frames.PauseAsync(ends.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Microsoft.JSInterop.JSDisconnectedException)
            {
                return; // the browser is gone
            }
#pragma warning disable CA1031 // the top of a loop that must live
            catch (Exception e)
#pragma warning restore CA1031
            {
                errors.Log(e);
                await Task.Delay(TimeSpan.FromSeconds(1), ends.Token)
                    .ConfigureAwait(
                        ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext
                    );
            }
        }
    }

    private void Tell(IReadOnlyList<CommittedMessage> messages)
    {
        LastReceived = messages[^1].Message.Received;
        Came?.Invoke(messages);
    }

    public void Dispose()
    {
        _gone.Dispose();
    }
}
