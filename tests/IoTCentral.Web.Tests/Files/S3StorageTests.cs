using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Amazon.S3;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Testing;
using IoTCentral.Web.Tests.Api;

namespace IoTCentral.Web.Tests.Files;

/// <summary>An application keeps its files in a bucket of its own; the other side is a server of the S3 protocol.</summary>
public sealed class S3StorageTests : IAsyncLifetime
{
    private readonly TestSite _site = new() { Networks = ["127.0.0.0/8"] };
    private S3Server _server = null!;
    private AmazonS3Client _s3 = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private string Place => $"s3:{_server.Authority}/{S3Server.Bucket}";
    private PumpFiles Pump => new(_site);

    public async ValueTask InitializeAsync()
    {
        await _site.InitializeAsync();
        _server = await S3Server.StartAsync(CancellationToken.None);
        var there = new AmazonS3Config { ServiceURL = _server.Endpoint, ForcePathStyle = true };
        _s3 = new AmazonS3Client(S3Server.Key, S3Server.Key, there);
    }

    public async ValueTask DisposeAsync()
    {
        _s3.Dispose();
        await _server.DisposeAsync();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task It_is_set_up_changed_and_given_up_by_REST_and_never_shows_its_key()
    {
        using var api = await ApiClient.OfAsync(_site);

        var put = await api.PutAsync("fileUploads", Body(secret: S3Server.Key));
        var shown = await api.GetAsync("fileUploads");
        var patched = await api.PatchAsync("fileUploads", """{"sasTtl":"PT2H","s3":{"region":"eu-central-1"}}""");
        var same = await api.PutAsync("fileUploads", patched.Body!.ToJsonString());
        var stale = await api.PutAsync("fileUploads", put.Body!.ToJsonString());

        Assert.Equal(
            $$"""{"endpoint":"{{_server.Endpoint}}","region":"us-east-1","bucket":"iot-files","accessKeyId":"S3RVER","secretAccessKey":"*****","pathStyle":true}""",
            shown["s3"].ToJsonString()
        );
        Assert.Equal(["s3", "sasTtl", "state", "etag"], shown.Body!.AsObject().Select(m => m.Key));
        Assert.Equal(put.Body!.ToJsonString(), shown.Body!.ToJsonString());
        Assert.Equal(("PT2H", "eu-central-1"), ((string)same["sasTtl"]!, (string)same["s3"]["region"]!));
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync("fileUploads")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("fileUploads")).Status);
        var audits = await _site.AuditsAsync(api.Application.TenantId, Place, Ct);
        Assert.Equal("file-storage.delete", audits[^1].Action);
        Assert.DoesNotContain(
            audits,
            a => $"{a.Before}{a.After}".Contains("secret", StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task It_takes_the_place_of_a_container_of_Azures_and_the_other_way_round()
    {
        await using var azure = await Azurite.StartAsync(Ct);
        await new Azure.Storage.Blobs.BlobContainerClient(azure.ConnectionString, "files").CreateAsync(
            cancellationToken: Ct
        );
        var container = $$"""{"connectionString":"{{azure.ConnectionString}}","container":"files"}""";
        using var api = await ApiClient.OfAsync(_site);
        await api.PutAsync("fileUploads", container);

        var both = await api.PatchAsync("fileUploads", Body());
        var toS3 = JsonNode.Parse(Body())!;
        (toS3["connectionString"], toS3["container"]) = (null, null);
        var bucket = await api.PatchAsync("fileUploads", toS3.ToJsonString());
        var back = await api.PutAsync("fileUploads", container);

        Assert.Equal(["s3"], both.Targets);
        Assert.Equal(("iot-files", null), ((string?)bucket["s3"]["bucket"], (string?)bucket.Body!["container"]));
        Assert.Equal(("files", null), ((string?)back["container"], back.Body!["s3"]));
    }

    [Theory]
    [InlineData("no-such-bucket", S3Server.Key, S3Server.Key, "s3.bucket", "NoSuchBucket")]
    [InlineData(S3Server.Bucket, "AKIANOBODY", S3Server.Key, "s3.accessKeyId", "InvalidAccessKeyId")]
    [InlineData(S3Server.Bucket, S3Server.Key, "*****", "s3.secretAccessKey", "Give the secret access key")]
    public async Task What_does_not_work_is_not_kept(string bucket, string id, string secret, string target, string why)
    {
        using var api = await ApiClient.OfAsync(_site);

        var refused = await api.PutAsync("fileUploads", Body(bucket, id, secret));

        Assert.Equal(("file-storage.invalid", target), (refused.Reason, Assert.Single(refused.Targets)));
        Assert.Contains(why, refused.Body!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("fileUploads")).Status);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_not_kept()
    {
        using var api = await ApiClient.OfAsync(_site);
        var nobody = FormattableString.Invariant($"127.0.0.1:{Loopback.FreePort("127.0.0.1")}");

        var refused = await api.PutAsync(
            "fileUploads",
            Body().Replace(_server.Authority, nobody, StringComparison.Ordinal)
        );

        Assert.Equal(["s3.endpoint"], refused.Targets);
        Assert.Contains("cannot be reached", refused.Body!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_network_of_the_server_is_out_of_reach()
    {
        await using var closed = new TestSite();
        await closed.InitializeAsync();
        using var api = await ApiClient.OfAsync(closed);

        var refused = await api.PutAsync("fileUploads", Body());
        var secure = await api.PutAsync("fileUploads", Body().Replace("http:", "https:", StringComparison.Ordinal));

        Assert.Equal(["s3.endpoint"], refused.Targets);
        Assert.Contains("by https", refused.Body!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["s3.endpoint"], secure.Targets);
        Assert.Contains("not a public address", secure.Body!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_files_go_there_and_older_ones_are_read_where_they_are()
    {
        using var api = await ApiClient.OfAsync(_site);
        var tenant = api.Application.TenantId;
        await api.PutAsync("devices/pump", "{}");
        var old = await Pump.UploadAsync(tenant, "old.bin", RandomNumberGenerator.GetBytes(1000));
        await api.PutAsync("fileUploads", Body());
        var bytes = RandomNumberGenerator.GetBytes(9_000_001); // more than one part

        var file = await Pump.UploadAsync(tenant, "new.bin", bytes);

        Assert.Equal(("folder", Place), (old.Place, file.Place));
        Assert.Equal([$"{tenant}/{file.Id:N}"], await KeysAsync());
        Assert.Equal(bytes, await Pump.ReadAsync(tenant, file));
        Assert.Equal(1000, (await Pump.ReadAsync(tenant, old)).Length);

        await api.DeleteAsync("fileUploads");
        Assert.Equal(
            "file.lost",
            (await Assert.ThrowsAsync<NotFoundException>(() => Pump.ReadAsync(tenant, file))).Code
        );
        await api.PutAsync("fileUploads", Body());
        await Pump.Files.DeleteAsync(Caller.System(tenant), "pump", file.Id, Ct);
        Assert.Empty(await KeysAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5 * 1024 * 1024 - 1)]
    [InlineData(5 * 1024 * 1024)]
    [InlineData(10 * 1024 * 1024)]
    public async Task A_file_of_any_size_comes_back_as_it_was(int size)
    {
        using var api = await ApiClient.OfAsync(_site);
        await api.PutAsync("devices/pump", "{}");
        await api.PutAsync("fileUploads", Body());
        var bytes = RandomNumberGenerator.GetBytes(size);

        var file = await Pump.UploadAsync(api.Application.TenantId, "a.bin", bytes);

        Assert.Equal(bytes, await Pump.ReadAsync(api.Application.TenantId, file));
    }

    [Fact]
    public async Task Any_part_of_a_file_is_read()
    {
        using var api = await ApiClient.OfAsync(_site);
        await api.PutAsync("devices/pump", "{}");
        await api.PutAsync("fileUploads", Body());
        var bytes = RandomNumberGenerator.GetBytes(6_000_000);
        var file = await Pump.UploadAsync(api.Application.TenantId, "a.bin", bytes);

        foreach (var (from, to) in new[] { (5_000_000, 5_999_999), (10, 19), (4_194_300, 4_194_310) })
        {
            var part = await RangeAsync(
                api,
                $"/api/devices/pump/files/{file.Id}/content?{ApiClient.Version}",
                (from, to)
            );
            Assert.Equal(bytes[from..(to + 1)], part);
        }
    }

    [Fact]
    public async Task Damaged_bytes_leave_nothing_there()
    {
        using var api = await ApiClient.OfAsync(_site);
        await api.PutAsync("devices/pump", "{}");
        await api.PutAsync("fileUploads", Body());

        foreach (var size in new[] { 5, 9_000_000 })
        {
            var refused = await Assert.ThrowsAsync<InvalidRequestException>(() =>
                Pump.UploadAsync(api.Application.TenantId, "a.bin", new byte[size], md5: new byte[16])
            );
            Assert.Equal("file.damaged", refused.Code);
        }

        Assert.Empty(await KeysAsync());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6_000_000)]
    public async Task While_the_bucket_is_away_it_is_said_and_nothing_is_half_done(int size)
    {
        using var api = await ApiClient.OfAsync(_site);
        await api.PutAsync("devices/pump", "{}");
        await api.PutAsync("fileUploads", Body());
        await _s3.DeleteBucketAsync(S3Server.Bucket, Ct);

        var said = await Assert.ThrowsAsync<UnavailableException>(() =>
            Pump.UploadAsync(api.Application.TenantId, "a.bin", new byte[size])
        );

        Assert.Contains("NoSuchBucket", said.Message, StringComparison.Ordinal);
        Assert.Empty((await api.GetAsync("devices/pump/files"))["value"].AsArray());
        Assert.Equal(0, (await Pump.Files.UsageAsync(Caller.System(api.Application.TenantId), Ct)).Bytes);
    }

    private string Body(string bucket = S3Server.Bucket, string id = S3Server.Key, string secret = S3Server.Key) =>
        $$"""{"s3":{"endpoint":"{{_server.Endpoint}}","bucket":"{{bucket}}","accessKeyId":"{{id}}","secretAccessKey":"{{secret}}"} }""";

    private async Task<byte[]> RangeAsync(ApiClient api, string path, (long From, long To) range)
    {
        using var http = _site.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", api.Token);
        request.Headers.Range = new(range.From, range.To);
        using var answer = await http.SendAsync(request, Ct);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync(Ct);
    }

    private async Task<string[]> KeysAsync() =>
        [
            .. ((await _s3.ListObjectsV2Async(new() { BucketName = S3Server.Bucket }, Ct)).S3Objects ?? []).Select(o =>
                o.Key
            ),
        ];
}
