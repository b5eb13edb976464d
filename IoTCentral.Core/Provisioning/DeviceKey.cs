using System.Security.Cryptography;
using System.Text;

namespace IoTCentral.Core.Provisioning;

/// <summary>The two symmetric keys of a group, an enrollment or a device, as base64; either one signs.</summary>
public sealed record KeyPair(string Primary, string Secondary)
{
    public static KeyPair New() => new(DeviceKey.New(), DeviceKey.New());

    /// <summary>Keeps keys out of logs.</summary>
    public override string ToString() => nameof(KeyPair);
}

/// <summary>Symmetric keys: made, checked, derived (contract §3.4).</summary>
public static class DeviceKey
{
    private const int NewLength = 64;
    private const int Shortest = 16;
    private const int Longest = 64;

    /// <summary>64 random bytes, as Azure makes them.</summary>
    public static string New() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(NewLength));

    /// <summary>Whether it is base64 of 16 to 64 bytes.</summary>
    public static bool IsLegal(string key)
    {
        Span<byte> bytes = stackalloc byte[Longest + 3];
        return Convert.TryFromBase64String(key, bytes, out var length) && length is >= Shortest and <= Longest;
    }

    /// <summary>The key of one device of a group: HMAC-SHA256 of the registration id under the group's key.</summary>
    public static byte[] Derive(ReadOnlySpan<byte> groupKey, string registrationId) =>
        HMACSHA256.HashData(groupKey, Encoding.UTF8.GetBytes(registrationId));

    /// <summary>The same in base64.</summary>
    public static string Derive(string groupKey, string registrationId) =>
        Convert.ToBase64String(Derive(Convert.FromBase64String(groupKey), registrationId));

    public static KeyPair Derive(KeyPair group, string registrationId) =>
        new(Derive(group.Primary, registrationId), Derive(group.Secondary, registrationId));
}
