using System.Security.Cryptography;
using System.Text.Json.Nodes;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Sdk;

/// <summary>Microsoft's device SDK for Node uploads by the hub, and the file is in the bucket of the application.</summary>
public sealed class S3UploadTests : IAsyncLifetime
{
    private readonly SdkServer _sdk = new() { Settings = ["--Webhooks:AllowedPrivateNetworks:0=127.0.0.0/8"] };
    private S3Server _s3 = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _sdk.InitializeAsync();
        _s3 = await S3Server.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _s3.DisposeAsync();
        await _sdk.DisposeAsync();
    }

    [Fact]
    public async Task What_a_device_uploads_is_in_the_bucket()
    {
        _sdk.SkipWhereItIsOutOfReach("http"); // whatever its transport, a file goes by HTTPS
        await _sdk.SendAsync(HttpMethod.Put, "fileUploads", Bucket());
        await using var device = await _sdk.ConnectAsync("mqtt", "s3");
        var bytes = RandomNumberGenerator.GetBytes(9_000_001); // blocks for the SDK, parts for S3
        var file = Path.Combine(TestRun.NewFolder("upload"), "file");
        await File.WriteAllBytesAsync(file, bytes, Ct);

        await device.DoAsync("uploadToBlob", Ct, new JsonObject { ["name"] = "big.bin", ["file"] = file });

        var listed = Assert.Single((await _sdk.GetAsync("devices/mqtt-s3/files"))["value"]!.AsArray())!;
        Assert.True((bool)listed["confirmed"]!);
        var content = SdkServer.Address($"devices/mqtt-s3/files/{listed["id"]}/content");
        Assert.Equal(bytes, await _sdk.Http.GetByteArrayAsync(content, Ct));
        Assert.Contains(_s3.Objects(), o => o.Length == bytes.Length);
        Assert.DoesNotContain(Directory.GetFiles(Files, "*", SearchOption.AllDirectories), f => f.Contains("content"));
    }

    private string Files => Path.Combine(_sdk.Server.DataFolder, "files");

    private string Bucket() =>
        new JsonObject
        {
            ["s3"] = new JsonObject
            {
                ["endpoint"] = _s3.Endpoint,
                ["bucket"] = S3Server.Bucket,
                ["accessKeyId"] = S3Server.Key,
                ["secretAccessKey"] = S3Server.Key,
            },
        }.ToJsonString();
}
