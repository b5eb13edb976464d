using System.Security.Cryptography;
using System.Text;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files;
using IoTCentral.Data.Tests.Telemetry;

namespace IoTCentral.Data.Tests.Files;

/// <summary>The bytes of uploads, with a real database and a real folder.</summary>
public sealed class FileReceiverTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private static readonly byte[] Hello = "hello"u8.ToArray();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_listed_with_what_is_known_of_it_and_read_back_byte_for_byte()
    {
        var shop = await FileShop.OpenAsync(fixture);

        await shop.StoreAsync("logs/a.log", Hello);

        var file = Assert.Single(await shop.ListAsync());
        Assert.Equal(("logs/a.log", 5, "text/plain", true), (file.Name, file.Size, file.ContentType, file.IsSuccess));
        Assert.Equal(Md5(Hello), file.Md5);
        Assert.Equal(Hello, await shop.BytesAsync(file.Id));
    }

    [Fact]
    public async Task Nothing_on_the_disk_is_named_by_a_device()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var upload = await shop.BeginAsync("secret-name.txt");

        await shop.PutBlockAsync(upload, "Li4vLi4vZXZpbA==", Hello); // ../../evil
        await shop.PutAsync(await shop.BeginAsync("other-name.txt"), Hello);

        Assert.Equal(2, shop.OnDisk().Length);
        Assert.DoesNotContain(
            shop.OnDisk(),
            p => p.Contains("name", StringComparison.Ordinal) || p.Contains("evil", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Blocks_are_put_together_in_the_order_of_the_list()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var upload = await shop.BeginAsync("a.bin");
        await shop.PutBlockAsync(upload, "Qg==", "world"u8.ToArray());
        await shop.PutBlockAsync(upload, "QQ==", "hello "u8.ToArray());

        var file = await shop.JoinAsync(upload, Md5("hello world"u8), "QQ==", "Qg==");

        Assert.Equal("hello world", Encoding.UTF8.GetString((await shop.BytesAsync(file.Id))!));
        Assert.Single(shop.OnDisk()); // the blocks are gone
        Assert.Equal(11, await shop.UsageAsync());
    }

    [Fact]
    public async Task A_block_that_comes_again_counts_once()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var upload = await shop.BeginAsync("a.bin");

        for (var i = 0; i < 5; i++)
            await shop.PutBlockAsync(upload, "QQ==", new byte[10_000]);

        Assert.Equal(10_000, await shop.UsageAsync());
    }

    [Fact]
    public async Task A_list_with_a_block_that_was_not_sent_is_refused_and_can_be_mended()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var upload = await shop.BeginAsync("a.bin");
        await shop.PutBlockAsync(upload, "QQ==", Hello);

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            shop.JoinAsync(upload, null, "QQ==", "Qg==")
        );
        await shop.PutBlockAsync(upload, "Qg==", Hello);
        var file = await shop.JoinAsync(upload, null, "QQ==", "Qg==");

        Assert.Equal(("file.no-block", 10), (refused.Code, file.Size));
    }

    [Fact]
    public async Task Damaged_bytes_leave_nothing_behind()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var upload = await shop.BeginAsync("a.bin");
        var wrong = Md5("something else"u8);

        var whole = await Assert.ThrowsAsync<InvalidRequestException>(() => shop.PutAsync(upload, Hello, wrong));
        var block = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            shop.PutBlockAsync(upload, "QQ==", Hello, wrong)
        );

        Assert.Equal(("file.damaged", "file.damaged"), (whole.Code, block.Code));
        Assert.Equal((0, 0), (shop.OnDisk().Length, await shop.UsageAsync()));
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_nothing_behind()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var upload = await shop.BeginAsync("a.bin");
        var half = new FileBody(new MemoryStream(Hello), Hello.Length * 2, null);

        await Assert.ThrowsAsync<IOException>(() =>
            shop.Receiver.PutAsync(shop.Tenant, upload, half, new FileAbout(null, null, false), Ct)
        );

        Assert.Equal((0, 0), (shop.OnDisk().Length, await shop.UsageAsync()));
        Assert.Empty(await shop.ListAsync());
    }

    [Fact]
    public async Task The_same_name_again_replaces_the_file()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var first = await shop.StoreAsync("a.txt", Hello);

        var second = await shop.StoreAsync("a.txt", "new"u8.ToArray());

        Assert.Equal(second.Id, Assert.Single(await shop.ListAsync()).Id);
        Assert.Null(await shop.BytesAsync(first.Id));
        Assert.Equal(3, await shop.UsageAsync());
    }

    [Fact]
    public async Task What_must_be_new_does_not_replace()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var first = await shop.StoreAsync("a.txt", Hello);
        var upload = await shop.BeginAsync("a.txt");

        var refused = await Assert.ThrowsAsync<ConflictException>(() =>
            shop.PutAsync(upload, "new"u8.ToArray(), onlyNew: true)
        );

        Assert.Equal("file.exists", refused.Code);
        Assert.Equal(first.Id, Assert.Single(await shop.ListAsync()).Id);
        Assert.Single(shop.OnDisk());
    }

    [Fact]
    public async Task An_upload_that_was_reported_takes_nothing_more()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var upload = await shop.BeginAsync("a.txt");
        await shop.EndAsync(upload);

        var known = await Assert.ThrowsAsync<ConflictException>(async () =>
            await shop.PutAsync(await shop.AgainAsync(upload), Hello)
        );
        // reported while its bytes were on their way
        await Assert.ThrowsAnyAsync<DomainException>(() => shop.PutAsync(upload, Hello));

        Assert.Equal("file.ended", known.Code);
        Assert.Empty(shop.OnDisk());
    }

    [Fact]
    public async Task A_file_has_its_limit_by_blocks_and_whole()
    {
        var shop = await FileShop.OpenAsync(fixture, new() { MaxMegabytes = 1 });
        var upload = await shop.BeginAsync("a.bin");
        var half = new byte[600_000];

        await Assert.ThrowsAsync<InvalidRequestException>(() => shop.PutAsync(upload, new byte[1024 * 1024 + 1]));
        await shop.PutBlockAsync(upload, "QQ==", half);
        await shop.PutBlockAsync(upload, "Qg==", half);
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            shop.JoinAsync(upload, null, "QQ==", "Qg==")
        );
        await shop.PutBlockAsync(upload, "Qw==", half);
        await Assert.ThrowsAsync<InvalidRequestException>(() => shop.PutBlockAsync(upload, "RA==", half));

        Assert.Equal("file.too-large", refused.Code);
        Assert.Equal(3, shop.OnDisk().Length);
    }

    [Fact]
    public async Task A_million_tiny_blocks_take_the_room_they_take()
    {
        var shop = await FileShop.OpenAsync(fixture);
        var upload = await shop.BeginAsync("a.bin");

        await shop.PutBlockAsync(upload, "QQ==", [1]);

        Assert.Equal(4096, await shop.UsageAsync());
    }

    [Fact]
    public async Task An_application_that_has_used_its_room_is_told_so_at_each_step_and_another_is_not()
    {
        var shop = await FileShop.OpenAsync(fixture, new() { ApplicationMegabytes = 1 });
        var (early, late) = (await shop.BeginAsync("a.bin"), await shop.BeginAsync("b.bin"));
        await shop.PutAsync(early, new byte[1024 * 1024]);

        foreach (
            var step in new Func<Task>[]
            {
                () => shop.BeginAsync("c.bin"),
                () => shop.PutAsync(late, Hello),
                () => shop.PutBlockAsync(late, "QQ==", Hello),
            }
        )
            Assert.Equal("file.quota", (await Assert.ThrowsAsync<ConflictException>(step)).Code);

        var other = await FileShop.OpenAsync(fixture, new() { ApplicationMegabytes = 1 });
        await other.StoreAsync("a.bin", Hello);
        Assert.Equal(1024 * 1024, await shop.UsageAsync());
    }

    [Fact]
    public async Task A_block_that_is_listed_often_takes_the_room_of_the_whole_file()
    {
        var shop = await FileShop.OpenAsync(fixture, new() { ApplicationMegabytes = 1 });
        var upload = await shop.BeginAsync("a.bin");
        await shop.PutBlockAsync(upload, "QQ==", new byte[400_000]);

        var refused = await Assert.ThrowsAsync<ConflictException>(() =>
            shop.JoinAsync(upload, null, "QQ==", "QQ==", "QQ==")
        );

        Assert.Equal("file.quota", refused.Code);
        Assert.Single(shop.OnDisk());
        Assert.Equal(800_000, (await shop.JoinAsync(upload, null, "QQ==", "QQ==")).Size);
        Assert.Equal(800_000, await shop.UsageAsync());
    }

    [Fact]
    public async Task Uploads_at_the_same_moment_do_not_overfill_an_application()
    {
        var shop = await FileShop.OpenAsync(fixture, new() { ApplicationMegabytes = 1 });
        var uploads = new List<FileUpload>();
        for (var i = 0; i < 8; i++)
            uploads.Add(await shop.BeginAsync($"{i}.bin"));

        var done = await Task.WhenAll(uploads.Select(u => TryAsync(() => shop.PutAsync(u, new byte[300_000]))));

        Assert.Equal(3, done.Count(d => d));
        Assert.Equal(900_000, await shop.UsageAsync());
    }

    private static async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (ConflictException e) when (e.Code == "file.quota")
        {
            return false;
        }
    }

#pragma warning disable CA5351 // the protocol's
    private static byte[] Md5(ReadOnlySpan<byte> bytes) => MD5.HashData(bytes);
#pragma warning restore CA5351
}
