using System.Security.Cryptography;
using System.Text;

namespace IoTCentral.Core.Installation;

/// <summary>The one secret an installation cannot do without: 32 random bytes from which every other key is derived.</summary>
public sealed class MasterKey
{
    private const int Length = 32;

    private readonly byte[] _bytes;

    private MasterKey(byte[] bytes) => _bytes = bytes;

    public static MasterKey New() => new(RandomNumberGenerator.GetBytes(Length));

    /// <summary>From base64, as <see cref="ToBase64"/> writes it.</summary>
    public static bool TryParse(string text, out MasterKey? key)
    {
        var bytes = new byte[Length];
        var isKey =
            text.Trim().Length == Base64Length
            && Convert.TryFromBase64String(text.Trim(), bytes, out var n)
            && n == Length;
        key = isKey ? new MasterKey(bytes) : null;
        return isKey;
    }

    /// <summary>For the key's file; never for a log.</summary>
    public string ToBase64() => Convert.ToBase64String(_bytes);

    /// <summary>A key for one purpose, from which neither this one nor another purpose's can be learnt (HKDF, RFC 5869).</summary>
    public byte[] Derive(string purpose, int length) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _bytes, length, info: Encoding.UTF8.GetBytes(purpose));

    private const int Base64Length = 44;
}
