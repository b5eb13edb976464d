using IoTCentral.Core.Common;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Data.Files;
using IoTCentral.Data.Tests.Devices;
using IoTCentral.Data.Tests.Telemetry;

namespace IoTCentral.Data.Tests.Files;

/// <summary>Which storage an application has set up: of one kind at a time.</summary>
public sealed class FileStorageStoreTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private static readonly StorageTarget Azure = AzureContainer.Of("", "files") with { Account = "acme" };
    private static readonly StorageTarget S3 = S3Bucket.Of(("https://minio:9000", null, null), "files", ("AKIA", ""));

    private readonly FileStorageStore _store = new(fixture.Database.TenantDb);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_kind_takes_the_place_of_the_other()
    {
        var (tenant, _) = await fixture.NewDeviceAsync(Ct);

        foreach (var (target, version) in new[] { (Azure, 1), (S3, 2), (S3, 3), (Azure, 4) })
        {
            var wrapped = new WrappedStorage(Storage(target), [(byte)version, 0]);
            var saved = await _store.SaveAsync(tenant, wrapped, null, DeviceStoreTests.AuditOf(), Ct);
            var found = await _store.FindAsync(tenant, Ct);

            Assert.Equal((target, version), (saved.Target, saved.Version));
            Assert.Equal(saved, found!.Storage);
            Assert.Equal([(byte)version, 0], found.Secret);
        }
    }

    [Fact]
    public async Task Who_saw_an_older_one_changes_nothing()
    {
        var (tenant, _) = await fixture.NewDeviceAsync(Ct);
        var wrapped = new WrappedStorage(Storage(S3), [1]);
        await _store.SaveAsync(tenant, wrapped, null, DeviceStoreTests.AuditOf(), Ct);

        await Assert.ThrowsAsync<StaleEditException>(() =>
            _store.SaveAsync(tenant, wrapped, 2, DeviceStoreTests.AuditOf(), Ct)
        );

        Assert.Equal(1, (await _store.FindAsync(tenant, Ct))!.Storage.Version);
    }

    [Fact]
    public async Task Another_tenant_sees_and_removes_nothing()
    {
        var ((tenant, _), (other, _)) = (await fixture.NewDeviceAsync(Ct), await fixture.NewDeviceAsync(Ct));
        await _store.SaveAsync(tenant, new(Storage(S3), [1]), null, DeviceStoreTests.AuditOf(), Ct);

        Assert.Null(await _store.FindAsync(other, Ct));
        Assert.False(await _store.DeleteAsync(other, DeviceStoreTests.AuditOf(), Ct));
        Assert.True(await _store.DeleteAsync(tenant, DeviceStoreTests.AuditOf(), Ct));
    }

    private static FileStorage Storage(StorageTarget target) =>
        new()
        {
            Target = target,
            SasTtl = TimeSpan.FromHours(2),
            UpdatedAt = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero),
        };
}
