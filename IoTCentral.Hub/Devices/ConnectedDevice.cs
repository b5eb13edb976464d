using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Hub.Devices;

/// <summary>
/// What a device's session tells the rest of the program, whatever the device is connected by: that it is there, when it
/// was heard, what happened to it; and whose turn it is.
/// </summary>
/// <param name="from">Asked at each line: some say only later what program they are.</param>
internal sealed class ConnectedDevice(HubServices hub, SignedIn device, Func<Origin> from)
{
    private static readonly TimeSpan TellSlowedEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan TellHeardEvery = TimeSpan.FromSeconds(5);

    private readonly Rate _rate = hub.Rates.OfDevice();
    private readonly Rate _applicationRate = hub.Rates.OfApplication(device.TenantId);
    private long? _slowedToldAt;
    private long _heardToldAt;
    private DateTimeOffset _storedToldAt;
    private long _storedTicks;

    public void Begin()
    {
        hub.Presence.Connected(device.TenantId, device.Key);
        Log(ConnectionEvent.Connected, (ConnectionCode.Connected, "The device connected."));
    }

    /// <summary>Called each second.</summary>
    public void Tick()
    {
        var stored = Interlocked.Read(ref _storedTicks);
        if (stored > _storedToldAt.UtcTicks && hub.Time.GetElapsedTime(_heardToldAt) >= TellHeardEvery)
            TellHeard(stored);
    }

    /// <param name="isCurrent">False: another connection of the device has taken its place.</param>
    public void End(Closing closing, bool isCurrent)
    {
        var stored = Interlocked.Read(ref _storedTicks);
        if (stored > _storedToldAt.UtcTicks)
            TellHeard(stored);
        if (isCurrent)
            hub.Presence.Disconnected(device.TenantId, device.Key);
        Log(ConnectionEvent.Disconnected, (closing.Code, closing.Detail));
    }

    public void Stored(DeviceMessage message) => Interlocked.Exchange(ref _storedTicks, message.Received.UtcTicks);

    /// <summary>Counts one message against its rates; how long to wait before the next, which its log tells.</summary>
    public TimeSpan Turn()
    {
        var turn = _rate.Take();
        var applicationTurn = _applicationRate.Take();
        if (turn == default && applicationTurn == default)
            return TimeSpan.Zero;
        TellSlowed(turn >= applicationTurn);
        return turn > applicationTurn ? turn : applicationTurn;
    }

    public void Log(ConnectionEvent kind, (string Code, string Detail) what) =>
        hub.Log.Write(device.TenantId, device.DeviceKey, device.DeviceId, kind, Told(what), from().Of(device));

    private (string Code, string Detail) Told((string Code, string Detail) what) =>
        device.ModuleId is { } module ? what with { Detail = OfModule(module, what.Detail) } : what;

    /// <summary>The same of a module: most sentences begin with whose they are, and none is about the device then.</summary>
    internal static string OfModule(string module, string detail)
    {
        var name = $"The module '{module}'";
        return StartsWith("The device ", out var deed) ? $"{name} {deed}"
            : StartsWith("The same device ", out deed) ? $"{name} {deed}"
            : StartsWith("It ", out deed) ? $"{name} {deed}"
            : StartsWith("Its ", out deed) ? $"{name}: its {deed}"
            : $"{name}: {char.ToLowerInvariant(detail[0])}{detail[1..]}";

        bool StartsWith(string words, out string rest)
        {
            var does = detail.StartsWith(words, StringComparison.Ordinal);
            rest = does ? detail[words.Length..] : "";
            return does;
        }
    }

    private void TellSlowed(bool isDevice)
    {
        if (_slowedToldAt is { } told && hub.Time.GetElapsedTime(told) < TellSlowedEvery)
            return;
        _slowedToldAt = hub.Time.GetTimestamp();
        var detail = isDevice
            ? $"It sends more than {hub.Rates.DeviceMessagesPerSecond} messages a second. It is read more slowly; nothing is lost."
            : $"The devices of this application together send more than {hub.Rates.ApplicationMessagesPerSecond} messages a second. They are read more slowly; nothing is lost.";
        Log(ConnectionEvent.Slowed, (ConnectionCode.Slowed, detail));
    }

    private void TellHeard(long storedTicks)
    {
        _heardToldAt = hub.Time.GetTimestamp();
        var isFirst = _storedToldAt == default;
        _storedToldAt = new DateTimeOffset(storedTicks, TimeSpan.Zero);
        hub.Heard(device, _storedToldAt, isFirst);
    }
}
