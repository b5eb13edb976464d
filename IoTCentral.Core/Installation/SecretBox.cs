using System.Security.Cryptography;
using System.Text;

namespace IoTCentral.Core.Installation;

/// <summary>AES-256-GCM. A wrapped secret is: version (1 byte), key id (4), nonce (12), tag (16), cipher text.</summary>
public sealed class SecretBox : ISecretBox
{
    private const byte Version = 1;
    private const int KeyIdLength = 4;
    private const int NonceLength = 12; // random: safe for 2^32 secrets under one key (NIST SP 800-38D §8.3)
    private const int TagLength = 16;
    private const int HeaderLength = 1 + KeyIdLength;
    private const int Overhead = HeaderLength + NonceLength + TagLength;

    private readonly byte[] _key;
    private readonly byte[] _keyId;

    public SecretBox(MasterKey master)
    {
        _key = master.Derive("secret box", 32);
        _keyId = master.Derive("secret box id", KeyIdLength);
    }

    public byte[] Wrap(ReadOnlySpan<byte> secret, string place)
    {
        var wrapped = new byte[Overhead + secret.Length];
        wrapped[0] = Version;
        _keyId.CopyTo(wrapped, 1);
        var (nonce, tag, cipher) = Parts(wrapped);
        RandomNumberGenerator.Fill(wrapped.AsSpan(nonce));
        using var aes = new AesGcm(_key, TagLength);
        aes.Encrypt(wrapped.AsSpan(nonce), secret, wrapped.AsSpan(cipher), wrapped.AsSpan(tag), Bound(wrapped, place));
        return wrapped;
    }

    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, string place)
    {
        if (wrapped.Length < Overhead || wrapped[0] != Version || !wrapped[1..HeaderLength].SequenceEqual(_keyId))
        {
            throw new SecretUnreadableException(place, null);
        }

        var (nonce, tag, cipher) = Parts(wrapped);
        var secret = new byte[wrapped.Length - Overhead];
        try
        {
            using var aes = new AesGcm(_key, TagLength);
            aes.Decrypt(wrapped[nonce], wrapped[cipher], wrapped[tag], secret, Bound(wrapped, place));
            return secret;
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new SecretUnreadableException(place, e);
        }
    }

    private static (Range Nonce, Range Tag, Range Cipher) Parts(ReadOnlySpan<byte> wrapped)
    {
        const int tag = HeaderLength + NonceLength;
        return (HeaderLength..tag, tag..Overhead, Overhead..wrapped.Length);
    }

    /// <summary>What the tag vouches for besides the secret: header and place.</summary>
    private static byte[] Bound(ReadOnlySpan<byte> wrapped, string place) =>
        [.. wrapped[..HeaderLength], .. Encoding.UTF8.GetBytes(place)];
}
