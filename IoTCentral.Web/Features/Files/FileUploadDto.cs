using System.Xml;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files.Storage;

namespace IoTCentral.Web.Features.Files;

/// <summary>The storage of an application's files, as IoT Central's REST API shows it; <see cref="S3"/> is ours.</summary>
internal sealed record FileUploadDto
{
    /// <summary>Of the connection string; ignored in a body.</summary>
    public string? Account { get; init; }

    /// <summary>Shown with stars for its secret; sent back so, it stays as it is.</summary>
    public string? ConnectionString { get; init; }
    public string? Container { get; init; }

    /// <summary>A bucket instead of a container of Azure's.</summary>
    public S3BucketDto? S3 { get; init; }

    /// <summary>How long a device may take for an upload, ISO 8601, PT1H to P1D.</summary>
    public string? SasTtl { get; init; }

    /// <summary>succeeded: what does not work is not kept; ignored in a body.</summary>
    public string? State { get; init; }
    public string? Etag { get; init; }

    public static FileUploadDto Of(FileStorage storage)
    {
        var (azure, s3) = (storage.Target as AzureContainer, storage.Target as S3Bucket);
        return new()
        {
            Account = azure?.Account,
            ConnectionString = azure is null ? null : StorageText.Masked(azure.Secret),
            Container = azure?.Container,
            S3 = s3 is null ? null : S3BucketDto.Of(s3),
            SasTtl = XmlConvert.ToString(storage.SasTtl),
            State = "succeeded",
            Etag = EtagOf(storage),
        };
    }

    public static string EtagOf(FileStorage storage) =>
        Api.Etag.Of(storage.UpdatedAt.ToUnixTimeMilliseconds(), storage.Version);

    /// <param name="current">Whose secret is meant by stars.</param>
    /// <exception cref="InvalidRequestException"><c>file-storage.invalid</c>: of both kinds, or no duration.</exception>
    public FileStorageWish ToWish(FileStorage? current) => new(ToTarget(current?.Target), ToTtl());

    private StorageTarget ToTarget(StorageTarget? current)
    {
        if (S3 is null)
            return AzureContainer.Of(
                ConnectionString is { } text
                && current is AzureContainer azure
                && text == StorageText.Masked(azure.Secret)
                    ? azure.Secret
                    : ConnectionString ?? "",
                Container ?? ""
            );
        return ConnectionString is null && Container is null
            ? S3.ToBucket(current as S3Bucket)
            : throw Invalid("s3", "Give either connectionString and container, for Azure, or s3.");
    }

    private TimeSpan? ToTtl()
    {
        try
        {
            return SasTtl is null ? null : XmlConvert.ToTimeSpan(SasTtl);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw Invalid("sasTtl", "Write a duration as ISO 8601 does, such as PT2H.");
        }
    }

    private static InvalidRequestException Invalid(string path, string message) =>
        new("file-storage.invalid", [new Fault(path, message)]);
}

/// <summary>A bucket of Amazon S3, or of a store that speaks its protocol.</summary>
internal sealed record S3BucketDto
{
    /// <summary>Such as https://minio.example.com:9000; left out for Amazon.</summary>
    public string? Endpoint { get; init; }

    /// <summary>us-east-1 when it is left out.</summary>
    public string? Region { get; init; }
    public string? Bucket { get; init; }
    public string? AccessKeyId { get; init; }

    /// <summary>Shown as stars; sent back so, it stays as it is.</summary>
    public string? SecretAccessKey { get; init; }

    /// <summary>The bucket is in the path, not in the host's name; unless it is said, for all but Amazon.</summary>
    public bool? PathStyle { get; init; }

    public static S3BucketDto Of(S3Bucket bucket) =>
        new()
        {
            Endpoint = bucket.Endpoint,
            Region = bucket.Region,
            Bucket = bucket.Bucket,
            AccessKeyId = bucket.AccessKeyId,
            SecretAccessKey = StorageText.Stars,
            PathStyle = bucket.PathStyle,
        };

    public S3Bucket ToBucket(S3Bucket? current) =>
        S3Bucket.Of(
            (Endpoint, Region, PathStyle),
            Bucket ?? "",
            (AccessKeyId ?? "", SecretAccessKey == StorageText.Stars ? current?.Secret ?? "" : SecretAccessKey ?? "")
        );
}
