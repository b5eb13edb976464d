using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IoTCentral.Core.Common;

namespace IoTCentral.Core.Files.Storage;

/// <summary>A bucket of Amazon S3, or of a store that speaks its protocol (MinIO, Ceph, Garage). Its secret is the secret access key.</summary>
public sealed partial record S3Bucket : StorageTarget
{
    /// <summary>What MinIO and Ceph call theirs unless somebody names it.</summary>
    private const string UsualRegion = "us-east-1";

    /// <summary>Scheme, host and port.</summary>
    public required string Endpoint { get; init; }
    public required string Region { get; init; }
    public required string Bucket { get; init; }
    public required string AccessKeyId { get; init; }

    /// <summary>The bucket is in the path, not in the host's name.</summary>
    public required bool PathStyle { get; init; }

    public override string Place => $"s3:{Address?.Authority ?? Endpoint}/{Bucket}";

    /// <summary>Null: the endpoint is no address of a host.</summary>
    private Uri? Address =>
        Uri.TryCreate(Endpoint, UriKind.Absolute, out var address)
        && address is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "", Fragment: "" }
            ? address
            : null;

    /// <param name="endpoint">Null: Amazon's in that region.</param>
    /// <param name="region">Null: us-east-1.</param>
    /// <param name="pathStyle">Null: for all but Amazon, whose stores have a name for each bucket.</param>
    public static S3Bucket Of(
        (string? Endpoint, string? Region, bool? PathStyle) at,
        string bucket,
        (string Id, string Secret) key
    )
    {
        var region = at.Region ?? UsualRegion;
        return new()
        {
            Endpoint = at.Endpoint?.Trim() ?? $"https://s3.{region}.amazonaws.com",
            Region = region,
            Bucket = bucket,
            AccessKeyId = key.Id,
            Secret = key.Secret,
            PathStyle = at.PathStyle ?? at.Endpoint is not null,
        };
    }

    internal override IEnumerable<Fault> Faults()
    {
        if (!RegionName().IsMatch(Region))
            yield return new(
                "s3.region",
                "The name of a region has letters, digits and hyphens, such as eu-central-1."
            );
        else if (Address is null)
            yield return new(
                "s3.endpoint",
                "Give the store's address without a path, such as https://minio.example.com:9000; leave it out for Amazon."
            );
        if (!BucketName().IsMatch(Bucket) || Bucket.Contains("..", StringComparison.Ordinal))
            yield return new(
                "s3.bucket",
                "The name of a bucket has 3 to 63 lower-case letters, digits, hyphens and dots between them."
            );
        if (!KeyId().IsMatch(AccessKeyId))
            yield return new("s3.accessKeyId", "Give the access key's id.");
        if (!Key().IsMatch(Secret))
            yield return new("s3.secretAccessKey", "Give the secret access key; it is not shown again.");
    }

    internal override JsonObject Describe() =>
        new()
        {
            ["endpoint"] = Endpoint,
            ["region"] = Region,
            ["bucket"] = Bucket,
            ["accessKeyId"] = AccessKeyId,
            ["pathStyle"] = PathStyle,
        };

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$", RegexOptions.NonBacktracking)]
    private static partial Regex RegionName();

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", RegexOptions.NonBacktracking)]
    private static partial Regex BucketName();

    // What would end it in the Authorization header (SigV4) is no part of it.
    [GeneratedRegex("^[!-+\\-.0-<>-~]{1,128}$", RegexOptions.NonBacktracking)]
    private static partial Regex KeyId();

    [GeneratedRegex("^[!-~]{1,256}$", RegexOptions.NonBacktracking)]
    private static partial Regex Key();
}
