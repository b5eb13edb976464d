using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files;
using IoTCentral.Data.Files;
using IoTCentral.Data.Tests.Telemetry;

namespace IoTCentral.Data.Tests.Files;

/// <summary>Rows of uploads and files, and what time does to them.</summary>
public sealed class DeviceFileStoreTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ten_uploads_of_a_device_are_open_and_the_next_waits_for_one_to_end()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var first = await shop.BeginAsync("0");
        for (var i = 1; i < 10; i++)
            await shop.BeginAsync($"{i}");

        var refused = await Assert.ThrowsAsync<ConflictException>(() => shop.BeginAsync("10"));
        await shop.EndAsync(first, isSuccess: false);
        await shop.BeginAsync("10");

        Assert.Equal("file.too-many-uploads", refused.Code);
        shop.Time.Advance(TimeSpan.FromHours(2)); // those that nobody ended do not count for ever
        await shop.BeginAsync("11");
    }

    [Fact]
    public async Task An_upload_is_ended_once_and_saying_so_twice_is_no_error()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var (upload, late) = (await shop.BeginAsync("a"), await shop.BeginAsync("b"));

        Assert.Equal(EndAnswer.Ended, await shop.EndAsync(upload));
        Assert.Equal(EndAnswer.Ended, await shop.EndAsync(upload));
        Assert.Equal(EndAnswer.Unknown, await shop.EndAsync(upload with { Id = Guid.CreateVersion7() }));
        shop.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(EndAnswer.Expired, await shop.EndAsync(late));
        Assert.Equal(EndAnswer.Ended, await shop.EndAsync(upload));
    }

    [Fact]
    public async Task The_list_goes_page_by_page_newest_first_and_finds_parts_of_names()
    {
        var shop = await FileShop.OpenAsync(fixture);
        foreach (var name in new[] { "a.txt", "b.txt", "C/A.log" })
        {
            await shop.StoreAsync(name, Hello);
            shop.Time.Advance(TimeSpan.FromSeconds(1));
        }

        var first = await shop.Rows.ListAsync(shop.Tenant, shop.Device, null, (null, 2), Ct);
        var second = await shop.Rows.ListAsync(shop.Tenant, shop.Device, null, (Guid.Parse(first.Next!), 2), Ct);

        Assert.Equal(["C/A.log", "b.txt", "a.txt"], first.Items.Concat(second.Items).Select(f => f.Name));
        Assert.Null(second.Next);
        Assert.Equal(["C/A.log", "a.txt"], (await shop.ListAsync("a.")).Select(f => f.Name));
        Assert.Empty(await shop.ListAsync("%"));
    }

    [Fact]
    public async Task Another_tenant_sees_nothing()
    {
        var (shop, other) = (await FileShop.OpenAsync(fixture), await FileShop.OpenAsync(fixture));
        var upload = await shop.BeginAsync("a.txt");
        var file = await shop.PutAsync(upload, Hello);
        var audit = Caller.System(other.Tenant).Audit("x", "y");

        Assert.Null(await shop.Rows.FindUploadAsync(other.Tenant, upload.Id, Ct));
        Assert.Null(await shop.Rows.FindAsync(other.Tenant, shop.Device, file.Id, Ct));
        Assert.Empty((await shop.Rows.ListAsync(other.Tenant, shop.Device, null, (null, 10), Ct)).Items);
        Assert.False(await shop.Rows.DeleteAsync(other.Tenant, shop.Device, file.Id, audit, Ct));
        Assert.Equal(0, await other.UsageAsync());
        Assert.Equal(
            EndAnswer.Unknown,
            await shop.Rows.EndAsync(
                other.Tenant,
                shop.Device,
                upload.Id,
                (new(true, 200, null), shop.Time.GetUtcNow()),
                Ct
            )
        );
    }

    [Fact]
    public async Task Another_device_of_the_application_ends_nothing()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var (_, other) = await fixture.NewDeviceAsync(Ct, shop.Tenant);
        var upload = await shop.BeginAsync("a.txt");

        var answer = await shop.Uploads.EndAsync(shop.Tenant, other, upload.Id, new(true, 200, null), Ct);

        Assert.Equal(EndAnswer.Unknown, answer);
    }

    [Fact]
    public async Task What_nobody_finished_goes_and_what_is_a_file_stays()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var (never, begun, unreported) = (
            await shop.BeginAsync("a"),
            await shop.BeginAsync("b"),
            await shop.BeginAsync("c")
        );
        await shop.PutBlockAsync(begun, "QQ==", Hello);
        var file = await shop.PutAsync(unreported, Hello);

        shop.Time.Advance(TimeSpan.FromHours(2));
        await shop.Sweep.SweepAsync(Ct);
        Assert.Equal((1, 5L), (shop.OnDisk().Length, await shop.UsageAsync()));
        Assert.Equal(EndAnswer.Expired, await shop.EndAsync(never));
        shop.Time.Advance(TimeSpan.FromDays(2));
        await shop.Sweep.SweepAsync(Ct);

        Assert.Equal(EndAnswer.Unknown, await shop.EndAsync(never));
        Assert.Equal(file.Id, Assert.Single(await shop.ListAsync()).Id);
        Assert.Equal(Hello, await shop.BytesAsync(file.Id));
    }

    [Fact]
    public async Task A_file_goes_when_its_time_is_over()
    {
        var shop = await FileShop.OpenAsync(fixture, new() { KeepDays = 7 });
        await shop.StoreAsync("old", Hello);
        shop.Time.Advance(TimeSpan.FromDays(5));
        await shop.StoreAsync("new", Hello);

        shop.Time.Advance(TimeSpan.FromDays(3));
        await shop.Sweep.SweepAsync(Ct);

        Assert.Equal("new", Assert.Single(await shop.ListAsync()).Name);
        Assert.Equal((1, 5L), (shop.OnDisk().Length, await shop.UsageAsync()));
    }

    [Fact]
    public async Task Bytes_that_nothing_refers_to_go_after_a_day_and_no_others()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var kept = await shop.StoreAsync("kept", Hello);
        var open = await shop.BeginAsync("open");
        await shop.PutBlockAsync(open, "QQ==", Hello);
        var (orphan, upload) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await shop.Folder.PutAsync(shop.Tenant, orphan, new MemoryStream(Hello), Ct);
        await shop.Folder.PutBlockAsync(shop.Tenant, upload, "QQ==", new MemoryStream(Hello), Ct);
        await File.WriteAllBytesAsync(Path.Combine(shop.Options.DataFolder, "files", "incoming", "half"), Hello, Ct);

        await shop.Sweep.SweepAsync(Ct);
        Assert.Equal(5, shop.OnDisk().Length);
        shop.Age(TimeSpan.FromDays(2));
        await shop.Sweep.SweepAsync(Ct);

        Assert.Equal(2, shop.OnDisk().Length);
        Assert.Equal(Hello, await shop.BytesAsync(kept.Id));
        await shop.JoinAsync(open, null, "QQ==");
    }

    [Fact]
    public async Task Files_of_a_device_that_is_deleted_free_their_room_and_go()
    {
        var shop = await FileShop.OpenAsync(fixture);
        await shop.StoreAsync("a", Hello);

        await fixture.Database.TenantDb.ExecuteAsync(
            shop.Tenant,
            "delete from device where device_key = @Device",
            new { shop.Device },
            Ct
        );
        shop.Time.Advance(TimeSpan.FromMinutes(1)); // beyond the database's own clock
        await shop.Sweep.SweepAsync(Ct);

        Assert.Equal((0, 0L), (shop.OnDisk().Length, await shop.UsageAsync()));
    }

    [Fact]
    public async Task What_could_not_be_removed_from_its_store_is_tried_again_and_holds_up_nothing_else()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var store = new FileSweepStore(fixture.Database.SystemDb);
        var (far, near) = (await shop.StoreAsync("far", Hello), await shop.StoreAsync("near", Hello));
        foreach (
            var sql in new[]
            {
                "update device_file set place = 'away' where content_id = @far",
                "delete from device_file where content_id in (@far, @near)",
            }
        )
            await fixture.Database.TenantDb.ExecuteAsync(shop.Tenant, sql, new { far = far.Id, near = near.Id }, Ct);
        shop.Time.Advance(TimeSpan.FromMinutes(1)); // beyond the database's own clock

        await shop.Sweep.SweepAsync(Ct);

        Assert.Null(await shop.BytesAsync(near.Id));
        Assert.Empty(await DueAsync(TimeSpan.FromMinutes(59)));
        Assert.Equal(far.Id, Assert.Single(await DueAsync(TimeSpan.FromMinutes(61))));

        async Task<Guid[]> DueAsync(TimeSpan later)
        {
            var now = shop.Time.GetUtcNow() + later;
            var due = await store.DueRemovalsAsync(now, now.AddDays(-30), 500, Ct);
            return [.. due.Where(d => d.Tenant == shop.Tenant).Select(d => d.File.Id)];
        }
    }

    [Fact]
    public async Task The_upload_of_a_blocked_device_is_barred()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var upload = await shop.BeginAsync("a");
        var ticket = new UploadTicket(shop.Tenant, shop.Device, upload.Id);

        Assert.NotNull(await shop.Uploads.AdmitAsync(ticket, Ct));
        Assert.Null(await shop.Uploads.AdmitAsync(ticket with { DeviceKey = shop.Device + 1 }, Ct));
        await fixture.Database.TenantDb.ExecuteAsync(
            shop.Tenant,
            "update device set is_blocked = true where device_key = @Device",
            new { shop.Device },
            Ct
        );

        Assert.Null(await shop.Uploads.AdmitAsync(ticket, Ct));
    }
}
