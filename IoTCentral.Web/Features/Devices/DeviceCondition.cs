using IoTCentral.Core.Devices;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Devices;

/// <summary>How a device is, in one word.</summary>
internal enum DeviceCondition
{
    Blocked,
    Connected,

    /// <summary>Simulated and speaking; it has no connection.</summary>
    Running,

    /// <summary>Was heard once, is not connected now.</summary>
    Silent,

    /// <summary>Has never connected.</summary>
    Never,
}

internal static class DeviceConditions
{
    // A simulated device speaks every few seconds; two minutes without a word means that it stands still.
    private static readonly TimeSpan RunsWithin = TimeSpan.FromMinutes(2);

    /// <param name="heard">A newer message than the device's row knows of, if there is one.</param>
    public static DeviceCondition Of(Device device, DateTimeOffset now, DateTimeOffset? heard = null)
    {
        var last = LastHeard(device, heard);
        if (device.IsBlocked)
            return DeviceCondition.Blocked;
        if (device.Presence.IsConnected)
            return DeviceCondition.Connected;
        if (device.IsSimulated && last is { } at && now - at < RunsWithin)
            return DeviceCondition.Running;
        return last is null && device.Presence.ConnectedAt is null ? DeviceCondition.Never : DeviceCondition.Silent;
    }

    public static DateTimeOffset? LastHeard(Device device, DateTimeOffset? heard) =>
        device.Presence.LastMessageAt is { } stored && (heard is null || stored > heard) ? stored : heard;

    public static Tone Tone(this DeviceCondition condition) =>
        condition switch
        {
            DeviceCondition.Blocked => Ui.Tone.Critical,
            DeviceCondition.Connected or DeviceCondition.Running => Ui.Tone.Good,
            DeviceCondition.Silent => Ui.Tone.Warning,
            _ => Ui.Tone.Neutral,
        };
}
