using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IoTCentral.Core.Provisioning;

/// <summary>
/// A shared access signature as a device sends it. The signature covers the literal text of <c>sr</c>, however it is
/// spelled; only afterwards is it decoded to see what it is good for (contract §0 trap 1, §1.1).
/// </summary>
public sealed class SasToken
{
    private const string Scheme = "SharedAccessSignature ";
    private const int MaxLength = 4096;

    private readonly byte[] _signed;
    private readonly byte[] _signature;
    private readonly string _literal;

    private SasToken(string resource, byte[] signature, string expiry, DateTimeOffset expiresAt, string? policy)
    {
        _signed = Encoding.UTF8.GetBytes($"{resource}\n{expiry}");
        _signature = signature;
        _literal = resource;
        Resource = Uri.UnescapeDataString(resource);
        ExpiresAt = expiresAt;
        Policy = policy;
    }

    /// <summary>What it is good for, decoded: <c>host/devices/id</c> or <c>scope/registrations/id</c>.</summary>
    public string Resource { get; }
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The policy it names (<c>skn</c>), if it names one.</summary>
    public string? Policy { get; }

    /// <summary>False when a field is missing or no such token at all; fields come in any order.</summary>
    public static bool TryParse(string text, out SasToken token)
    {
        token = null!;
        if (text.Length > MaxLength || !text.StartsWith(Scheme, StringComparison.Ordinal))
            return false;
        string? resource = null,
            signature = null,
            expiry = null,
            policy = null;
        foreach (var field in text[Scheme.Length..].Trim().Split('&'))
        {
            var at = field.IndexOf('=', StringComparison.Ordinal);
            if (at < 0)
                continue;
            var value = field[(at + 1)..];
            switch (field[..at])
            {
                case "sr":
                    resource = value;
                    break;
                case "sig":
                    signature = value;
                    break;
                case "se":
                    expiry = value;
                    break;
                case "skn":
                    policy = Uri.UnescapeDataString(value);
                    break;
            }
        }

        if (resource is null || signature is null || expiry is null || !TryReadTime(expiry, out var expiresAt))
            return false;
        var mac = new byte[HMACSHA256.HashSizeInBytes];
        if (!TryReadSignature(Uri.UnescapeDataString(signature), mac))
            return false;
        token = new SasToken(resource, mac, expiry, expiresAt, policy);
        return true;
    }

    /// <summary>Whether this key made it. Takes the same time for a right and a wrong one.</summary>
    public bool IsSignedWith(ReadOnlySpan<byte> key)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, _signed, expected);
        return CryptographicOperations.FixedTimeEquals(expected, _signature);
    }

    /// <summary>Whether the resource covers the path: equal, or a prefix of whole segments.</summary>
    /// <param name="path">What follows the host or ID scope, e.g. <c>/devices/pump-1</c>.</param>
    public bool Covers(string path) =>
        Covers(Resource, path)
        // Who sends it raw does not encode a '%' of the id either, so the literal text may be the meaning.
        || (_literal.Contains('/', StringComparison.Ordinal) && Covers(_literal, path));

    /// <summary>The part before the first slash: host (perhaps with a port) or ID scope.</summary>
    public string Authority
    {
        get
        {
            var slash = Resource.IndexOf('/', StringComparison.Ordinal);
            return slash < 0 ? Resource : Resource[..slash];
        }
    }

    private static bool Covers(string resource, string path)
    {
        var slash = resource.IndexOf('/', StringComparison.Ordinal);
        var given = slash < 0 ? "" : resource[slash..].TrimEnd('/');
        return path.StartsWith(given, StringComparison.Ordinal)
            && (path.Length == given.Length || path[given.Length] == '/');
    }

    private static bool TryReadTime(string text, out DateTimeOffset time)
    {
        time = default;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return false;
        // Some devices ask for a token that never ends: as far as a date goes.
        var last = DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        time = DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, last));
        return true;
    }

    private static bool TryReadSignature(string base64, Span<byte> mac)
    {
        Span<byte> utf8 = stackalloc byte[64];
        return base64.Length is > 0 and <= 60
            && Encoding.UTF8.TryGetBytes(base64, utf8, out var length)
            && Base64.DecodeFromUtf8(utf8[..length], mac, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == mac.Length;
    }
}
