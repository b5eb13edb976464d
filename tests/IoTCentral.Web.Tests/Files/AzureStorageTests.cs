using System.Net;
using System.Security.Cryptography;
using Azure.Storage.Blobs;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Testing;
using IoTCentral.Web.Tests.Api;

namespace IoTCentral.Web.Tests.Files;

/// <summary>An application keeps its files in a container of its own; Azure's side is Microsoft's emulator.</summary>
public sealed class AzureStorageTests : IAsyncLifetime
{
    private readonly TestSite _site = new() { Networks = ["127.0.0.0/8"] };
    private Azurite _azure = null!;
    private BlobContainerClient _container = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _site.InitializeAsync();
        _azure = await Azurite.StartAsync(CancellationToken.None);
        _container = new BlobContainerClient(_azure.ConnectionString, "files");
        await _container.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _azure.DisposeAsync();
        await _site.DisposeAsync();
    }

    [Fact]
    public async Task It_is_set_up_changed_and_given_up_by_REST_and_never_shows_its_key()
    {
        using var api = await ApiClient.OfAsync(_site);
        Assert.Equal("file-storage.not-configured", (await api.GetAsync("fileUploads")).Reason);

        var put = await api.PutAsync("fileUploads", Body("files"));
        var shown = await api.GetAsync("fileUploads");
        var patched = await api.PatchAsync("fileUploads", """{"sasTtl":"PT2H"}""");
        var same = await api.PutAsync("fileUploads", patched.Body!.ToJsonString());
        var stale = await api.PutAsync("fileUploads", put.Body!.ToJsonString());

        Assert.Equal(
            ("devstoreaccount1", "files", "PT1H", "succeeded"),
            ((string)put["account"]!, (string)put["container"]!, (string)put["sasTtl"]!, (string)put["state"]!)
        );
        Assert.Contains("AccountKey=*****;", (string)shown["connectionString"]!, StringComparison.Ordinal);
        Assert.Equal(("PT2H", "PT2H"), ((string)patched["sasTtl"]!, (string)same["sasTtl"]!));
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync("fileUploads")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("fileUploads")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.DeleteAsync("fileUploads")).Status);
        var audits = await _site.AuditsAsync(api.Application.TenantId, "azure:devstoreaccount1/files", Ct);
        Assert.Equal("file-storage.delete", audits[^1].Action);
        Assert.DoesNotContain(audits, a => $"{a.Before}{a.After}".Contains("Eby8", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_does_not_work_is_not_kept()
    {
        using var api = await ApiClient.OfAsync(_site);

        var missing = await api.PutAsync("fileUploads", Body("no-such-container"));
        var wrong = await api.PutAsync("fileUploads", """{"connectionString":"x","container":"X","sasTtl":"PT25H"}""");
        var noTime = await api.PutAsync("fileUploads", """{"connectionString":"x","container":"X","sasTtl":"soon"}""");

        Assert.Equal("file-storage.invalid", missing.Reason);
        Assert.Contains("ContainerNotFound", missing.Body!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["connectionString", "container", "sasTtl"], wrong.Targets);
        Assert.Equal(["sasTtl"], noTime.Targets);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("fileUploads")).Status);
    }

    [Fact]
    public async Task Only_who_may_change_the_application_sees_it()
    {
        using var api = await ApiClient.OfAsync(_site, Role.Builder);

        Assert.Equal(HttpStatusCode.Forbidden, (await api.GetAsync("fileUploads")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await api.PutAsync("fileUploads", Body("files"))).Status);
    }

    [Fact]
    public async Task The_network_of_the_server_is_out_of_reach()
    {
        await using var closed = new TestSite();
        await closed.InitializeAsync();
        using var api = await ApiClient.OfAsync(closed);

        var refused = await api.PutAsync("fileUploads", Body("files"));
        var secure = await api.PutAsync(
            "fileUploads",
            Body("files").Replace("http:", "https:", StringComparison.Ordinal)
        );

        Assert.Equal(["connectionString"], refused.Targets);
        Assert.Equal(["connectionString"], secure.Targets);
        Assert.DoesNotContain("refused)", secure.Body!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_files_go_there_and_older_ones_are_read_where_they_are()
    {
        using var api = await ApiClient.OfAsync(_site);
        var tenant = api.Application.TenantId;
        await api.PutAsync("devices/pump", "{}");
        var old = await Pump.UploadAsync(tenant, "old.bin", RandomNumberGenerator.GetBytes(1000));
        await api.PutAsync("fileUploads", Body("files"));
        var bytes = RandomNumberGenerator.GetBytes(9_000_001); // more than one part

        var file = await Pump.UploadAsync(tenant, "new.bin", bytes);

        Assert.Equal(("folder", "azure:devstoreaccount1/files"), (old.Place, file.Place));
        Assert.Equal(1, await CountAsync());
        Assert.Equal(bytes, await Pump.ReadAsync(tenant, file));
        Assert.Equal(1000, (await Pump.ReadAsync(tenant, old)).Length);

        await api.DeleteAsync("fileUploads");
        Assert.Equal(
            "file.lost",
            (await Assert.ThrowsAsync<NotFoundException>(() => Pump.ReadAsync(tenant, file))).Code
        );
        await api.PutAsync("fileUploads", Body("files"));
        await Pump.Files.DeleteAsync(Caller.System(tenant), "pump", file.Id, Ct);
        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task Damaged_bytes_leave_nothing_there()
    {
        using var api = await ApiClient.OfAsync(_site);
        await api.PutAsync("devices/pump", "{}");
        await api.PutAsync("fileUploads", Body("files"));

        foreach (var size in new[] { 5, 9_000_000 })
        {
            var refused = await Assert.ThrowsAsync<InvalidRequestException>(() =>
                Pump.UploadAsync(api.Application.TenantId, "a.bin", new byte[size], md5: new byte[16])
            );
            Assert.Equal("file.damaged", refused.Code);
        }

        Assert.Equal(0, await CountAsync());
    }

    [Fact]
    public async Task While_Azure_is_away_it_is_said_and_nothing_is_half_done()
    {
        using var api = await ApiClient.OfAsync(_site);
        await api.PutAsync("devices/pump", "{}");
        await api.PutAsync("fileUploads", Body("files"));
        await _container.DeleteAsync(cancellationToken: Ct);

        await Assert.ThrowsAsync<UnavailableException>(() =>
            Pump.UploadAsync(api.Application.TenantId, "a.bin", new byte[5])
        );

        Assert.Empty((await api.GetAsync("devices/pump/files"))["value"].AsArray());
        Assert.Equal(0, (await Pump.Files.UsageAsync(Caller.System(api.Application.TenantId), Ct)).Bytes);
    }

    private PumpFiles Pump => new(_site);

    private string Body(string container) =>
        $$"""{"connectionString":"{{_azure.ConnectionString}}","container":"{{container}}"}""";

    private async Task<int> CountAsync()
    {
        var count = 0;
        await foreach (var _ in _container.GetBlobsAsync(cancellationToken: Ct))
            count++;
        return count;
    }
}
