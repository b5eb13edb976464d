using IoTCentral.Core.Files.Storage;

namespace IoTCentral.Core.Tests.Files;

public sealed class S3BucketTests
{
    [Theory]
    [InlineData(
        null,
        null,
        null,
        "https://s3.us-east-1.amazonaws.com us-east-1 False",
        "s3:s3.us-east-1.amazonaws.com/files"
    )]
    [InlineData(
        null,
        "eu-west-1",
        null,
        "https://s3.eu-west-1.amazonaws.com eu-west-1 False",
        "s3:s3.eu-west-1.amazonaws.com/files"
    )]
    [InlineData("https://minio:9000", null, null, "https://minio:9000 us-east-1 True", "s3:minio:9000/files")]
    [InlineData("https://minio:9000/", "garage", false, "https://minio:9000/ garage False", "s3:minio:9000/files")]
    public void What_is_left_out_is_Amazons_or_what_most_stores_take(
        string? endpoint,
        string? region,
        bool? pathStyle,
        string at,
        string place
    )
    {
        var bucket = S3Bucket.Of((endpoint, region, pathStyle), "files", ("AKIA", "secret"));

        Assert.Equal((at, place), ($"{bucket.Endpoint} {bucket.Region} {bucket.PathStyle}", bucket.Place));
        Assert.Empty(bucket.Faults());
        Assert.Equal(place, bucket.ToString());
    }

    [Theory]
    [InlineData("minio:9000", "s3.endpoint")]
    [InlineData("ftp://minio", "s3.endpoint")]
    [InlineData("https://minio/path", "s3.endpoint")]
    [InlineData("https://minio?x", "s3.endpoint")]
    [InlineData("https://minio#x", "s3.endpoint")]
    [InlineData("https://me:key@minio", "s3.endpoint")]
    [InlineData("", "s3.endpoint")]
    public void An_endpoint_is_the_address_of_a_host(string endpoint, string fault) =>
        Assert.Equal(fault, FaultsOf(S3Bucket.Of((endpoint, null, null), "files", ("AKIA", "secret"))));

    [Theory]
    [InlineData("evil.example.com/", "files", "AKIA", "secret", "s3.region")]
    [InlineData("", "files", "AKIA", "secret", "s3.region")]
    [InlineData("eu-west-1", "Files", "AKIA", "secret", "s3.bucket")]
    [InlineData("eu-west-1", "fi", "AKIA", "secret", "s3.bucket")]
    [InlineData("eu-west-1", "a..b", "AKIA", "secret", "s3.bucket")]
    [InlineData("eu-west-1", "../x", "AKIA", "secret", "s3.bucket")]
    [InlineData("eu-west-1", "arn:aws:s3", "AKIA", "secret", "s3.bucket")]
    [InlineData("eu-west-1", "files", "", "secret", "s3.accessKeyId")]
    [InlineData("eu-west-1", "files", "AKIA/x", "secret", "s3.accessKeyId")]
    [InlineData("eu-west-1", "files", "AKIA", "", "s3.secretAccessKey")]
    [InlineData("eu-west-1", "files", "AKIA", "line\nbreak", "s3.secretAccessKey")]
    public void Region_bucket_and_key_are_checked(
        string region,
        string bucket,
        string id,
        string secret,
        string fault
    ) => Assert.Equal(fault, FaultsOf(S3Bucket.Of((null, region, null), bucket, (id, secret))));

    private static string FaultsOf(S3Bucket bucket) => string.Join(' ', bucket.Faults().Select(f => f.Path));
}
