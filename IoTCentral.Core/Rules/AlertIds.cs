using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Rules;

/// <summary>
/// An alert's id follows from what opened it, so that the same episode, written again after a lost answer of the
/// database, is the same alert and not a second one.
/// </summary>
internal static class AlertIds
{
    /// <summary>Laid out as UUID version 7 (time first, for the index), the rest from a hash instead of chance.</summary>
    public static Guid Of(TenantId tenant, string ruleId, long deviceKey, DateTimeOffset openedAt)
    {
        Span<byte> bytes = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{tenant}/{ruleId}/{deviceKey}/{openedAt.UtcTicks}"), bytes);
        var id = bytes[..16];
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, openedAt.ToUnixTimeMilliseconds());
        time[2..].CopyTo(id);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
