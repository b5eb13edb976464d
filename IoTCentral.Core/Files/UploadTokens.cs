using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Files;

/// <summary>What a good token is for.</summary>
public readonly record struct UploadTicket(TenantId Tenant, long DeviceKey, Guid Upload);

/// <summary>
/// Signatures in the address of an upload, spelled as Azure Storage's. One is good for one blob of one device of one
/// application until its end, and is checked before the database is asked.
/// </summary>
public sealed class UploadTokens(MasterKey master, TimeProvider time)
{
    private const int IdBytes = 4 + 8 + 16;

    private readonly byte[] _key = master.Derive("file upload", 32);

    /// <summary>The query of the address, with its question mark.</summary>
    public string Make(TenantId tenant, FileUpload upload)
    {
        var id = new byte[IdBytes];
        BinaryPrimitives.WriteInt32BigEndian(id, tenant.Value);
        BinaryPrimitives.WriteInt64BigEndian(id.AsSpan(4), upload.DeviceKey);
        upload.Id.TryWriteBytes(id.AsSpan(12), bigEndian: true, out _);
        var (identifier, ends) = (Base64Url.EncodeToString(id), Text(upload.Expires));
        var signature = Uri.EscapeDataString(Convert.ToBase64String(Sign(identifier, upload.BlobName, ends)));
        return $"?sv=2021-12-02&sr=b&si={identifier}&sp=rw&se={Uri.EscapeDataString(ends)}&sig={signature}";
    }

    /// <summary>Null: it is damaged, for another blob, or over.</summary>
    /// <param name="blobName">The address below the container.</param>
    public UploadTicket? Read(string blobName, string? identifier, string? ends, string? signature)
    {
        var id = new byte[IdBytes];
        if (
            identifier is null
            || ends is null
            || signature is null
            || !Base64Url.IsValid(identifier, out var length)
            || length != IdBytes
            || !Base64Url.TryDecodeFromChars(identifier, id, out _)
            || !CryptographicOperations.FixedTimeEquals(Sign(identifier, blobName, ends), Bytes(signature))
            || !DateTimeOffset.TryParse(ends, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            || end <= time.GetUtcNow()
        )
            return null;
        return new(
            new TenantId(BinaryPrimitives.ReadInt32BigEndian(id)),
            BinaryPrimitives.ReadInt64BigEndian(id.AsSpan(4)),
            new Guid(id.AsSpan(12), bigEndian: true)
        );
    }

    private byte[] Sign(string identifier, string blobName, string ends) =>
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{identifier}\n{ends}\n{blobName}"));

    private static byte[] Bytes(string signature)
    {
        var bytes = new byte[HMACSHA256.HashSizeInBytes];
        return Convert.TryFromBase64String(signature, bytes, out var length) ? bytes[..length] : [];
    }

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
