using IoTCentral.Core.Devices;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Devices;

/// <summary>How a device is, in one word.</summary>
internal enum DeviceCondition
{
    Blocked,

    /// <summary>Came by itself; somebody has to approve it before it may connect.</summary>
    Waiting,
    Connected,

    /// <summary>Simulated and speaking; it has no connection.</summary>
    Running,

    /// <summary>Not connected; was heard a short while ago.</summary>
    Away,

    /// <summary>Not connected, and not heard for longer than a device that comes and goes stays away.</summary>
    Silent,

    /// <summary>Has never connected.</summary>
    Never,
}

internal static class DeviceConditions
{
    // A simulated device speaks every few seconds; two minutes without a word means that it stands still.
    private static readonly TimeSpan RunsWithin = TimeSpan.FromMinutes(2);

    // As long as rules say "says nothing for 15 min".
    private static readonly TimeSpan AwayUpTo = TimeSpan.FromMinutes(15);

    /// <param name="heard">A newer message than the device's row knows of, if there is one.</param>
    public static DeviceCondition Of(Device device, DateTimeOffset now, DateTimeOffset? heard = null)
    {
        var last = LastHeard(device, heard);
        if (device.IsBlocked)
            return DeviceCondition.Blocked;
        if (device.IsWaiting)
            return DeviceCondition.Waiting;
        if (device.Presence.IsConnected)
            return DeviceCondition.Connected;
        if (device.IsSimulated && last is { } at && now - at < RunsWithin)
            return DeviceCondition.Running;
        if ((last ?? device.Presence.DisconnectedAt ?? device.Presence.ConnectedAt) is not { } seen)
            return DeviceCondition.Never;
        return now - seen < AwayUpTo ? DeviceCondition.Away : DeviceCondition.Silent;
    }

    public static DateTimeOffset? LastHeard(Device device, DateTimeOffset? heard) =>
        device.Presence.LastMessageAt is { } stored && (heard is null || stored > heard) ? stored : heard;

    public static Tone Tone(this DeviceCondition condition) =>
        condition switch
        {
            DeviceCondition.Blocked => Ui.Tone.Critical,
            DeviceCondition.Connected or DeviceCondition.Running => Ui.Tone.Good,
            DeviceCondition.Waiting => Ui.Tone.Accent,
            DeviceCondition.Silent => Ui.Tone.Warning,
            _ => Ui.Tone.Neutral,
        };
}
