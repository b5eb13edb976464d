using System.Diagnostics;
using IoTCentral.Core.Telemetry;
using IoTCentral.Journeys.Faults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

/// <summary>
/// .NET runs this before the program's own first line when DOTNET_STARTUP_HOOKS names this assembly: so a test makes
/// the program acknowledge early, and the program itself has no switch for it.
/// </summary>
#pragma warning disable CA1050, MA0047 // the runtime looks for this name outside any namespace
internal static class StartupHook
#pragma warning restore CA1050, MA0047
{
    public static void Initialize() => DiagnosticListener.AllListeners.Subscribe(new HostWatch());
}

namespace IoTCentral.Journeys.Faults
{
    /// <summary>How to start a program that acknowledges before it has stored.</summary>
    internal static class EarlyAck
    {
        public static IReadOnlyDictionary<string, string> Environment { get; } =
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["DOTNET_STARTUP_HOOKS"] = typeof(EarlyAck).Assembly.Location,
            };
    }

    /// <summary>A queue that acknowledges on arrival and stores a little later: fast, and wrong.</summary>
    internal sealed class EarlyAckIngest(IngestQueue queue) : IIngest
    {
        // Longer than a commit takes, so that a kill at any moment finds something that is not stored.
        private static readonly TimeSpan Later = TimeSpan.FromMilliseconds(200);

        public ValueTask EnqueueAsync(DeviceMessage message, CancellationToken ct)
        {
            message.Origin?.Stored(message);
            message.Origin?.Flush();
            _ = StoreAsync(message);
            return default;
        }

        private async Task StoreAsync(DeviceMessage message)
        {
            await Task.Delay(Later);
            var nobodys = new DeviceMessage
            {
                Tenant = message.Tenant,
                DeviceKey = message.DeviceKey,
                DeviceId = message.DeviceId,
                Received = message.Received,
                MessageTime = message.MessageTime,
                Body = message.Body,
            };
            await queue.EnqueueAsync(nobodys, CancellationToken.None);
        }
    }

    /// <summary>Waits for the program to put its host together and puts the double into it.</summary>
    internal sealed class HostWatch : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting")
                value.Subscribe(this);
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value is { Key: "HostBuilding", Value: IHostBuilder host })
                host.ConfigureServices(services => services.AddSingleton<IIngest, EarlyAckIngest>());
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }
}
