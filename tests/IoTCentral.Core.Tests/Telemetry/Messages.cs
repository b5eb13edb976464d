using System.Text;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Tests.Telemetry;

/// <summary>Messages with good defaults.</summary>
internal static class Messages
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static DeviceMessage Message(
        string body = """{"temperature":4.5}""",
        int tenant = 1,
        long device = 7,
        DateTimeOffset? time = null,
        long position = 0,
        IMessageOrigin? origin = null,
        MessageFlags flags = MessageFlags.None
    ) =>
        new()
        {
            Tenant = new TenantId(tenant),
            DeviceKey = device,
            DeviceId = $"device-{device}",
            Received = time ?? Noon,
            MessageTime = time ?? Noon,
            Body = Encoding.UTF8.GetBytes(body),
            Position = position,
            Origin = origin,
            Flags = flags,
        };
}
