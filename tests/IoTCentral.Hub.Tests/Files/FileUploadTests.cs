using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Files;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Files;

/// <summary>A device asks where to, uploads as an SDK's blob client does, and says how it went (contract §4).</summary>
public sealed class FileUploadTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private static readonly byte[] Hello = "hello"u8.ToArray();
    private static readonly string HelloMd5 = Md5(Hello);

    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_goes_up_in_one_piece()
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-1");
        var to = await device.BeginAsync("logs/a b.txt");

        using var put = await device.PutAsync(
            to,
            Hello,
            ("x-ms-blob-content-type", "text/x-log"),
            ("Content-MD5", HelloMd5),
            ("x-ms-client-request-id", "mine")
        );
        using var ended = await device.EndAsync(new { isSuccess = true, statusCode = 201 }, to.CorrelationId);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.NoContent), (put.StatusCode, ended.StatusCode));
        Assert.StartsWith("\"0x", put.Headers.ETag!.Tag, StringComparison.Ordinal);
        Assert.NotNull(put.Content.Headers.LastModified);
        Assert.Equal(Convert.FromBase64String(HelloMd5), put.Content.Headers.ContentMD5);
        Assert.Equal(
            ("mine", "2021-12-02"),
            (FileDevice.Header(put, "x-ms-client-request-id"), FileDevice.Header(put, "x-ms-version"))
        );
        var file = Assert.Single(await FilesAsync("file-1"));
        Assert.Equal(("logs/a b.txt", 5, "text/x-log", true), (file.Name, file.Size, file.ContentType, file.IsSuccess));
        Assert.Equal("hello", await TextAsync("file-1", file));
    }

    [Fact]
    public async Task A_file_goes_up_in_blocks_that_arrive_in_any_order()
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-2");
        var to = await device.BeginAsync("big.bin");
        var parts = Enumerable.Range(0, 5).Select(i => RandomNumberGenerator.GetBytes(100_000 + i)).ToArray();
        var ids = parts.Select((_, i) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"block-{i:D6}"))).ToArray();

        var sent = await Task.WhenAll(
            parts.Select((p, i) => device.PutBlockAsync(to, ids[i], p, ("Content-MD5", Md5(p)))).Reverse()
        );
        byte[] all = [.. parts.SelectMany(p => p)];
        using var listed = await device.ListAsync(to, ids, ("x-ms-blob-content-md5", Md5(all)));

        Assert.All(sent, a => Assert.Equal(HttpStatusCode.Created, a.StatusCode));
        Assert.Equal(HttpStatusCode.Created, listed.StatusCode);
        using var back = await device.BlobAsync(HttpMethod.Get, to.Address);
        Assert.Equal(all, await back.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal("attachment", back.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("nosniff", FileDevice.Header(back, "X-Content-Type-Options"));
        Assert.Equal("sandbox; default-src 'none'", FileDevice.Header(back, "Content-Security-Policy"));
        using var head = await device.BlobAsync(HttpMethod.Head, to.Address);
        Assert.Equal((HttpStatusCode.OK, all.Length), (head.StatusCode, head.Content.Headers.ContentLength));
        Assert.Equal(listed.Headers.ETag, head.Headers.ETag);
    }

    [Fact]
    public async Task The_address_names_the_host_and_port_by_which_the_device_came()
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-3");

        var to = await device.BeginAsync("a.txt");

        Assert.Equal($"https://127.0.0.1:{_hub.HttpsPort}/device-files", to.Container);
        Assert.Equal("file-3/a.txt", to.Blob);
        Assert.StartsWith("?sv=", to.Token, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file-4", "a b/ü.txt", true)]
    [InlineData("file-4%2B", "a.txt", true)]
    [InlineData("file-4%2B", "b.txt", false)]
    [InlineData("file:4#+", "a.txt", true)]
    public async Task The_address_may_be_encoded_as_NET_does_or_not_as_Node_does(string id, string name, bool isEncoded)
    {
        using var device = await FileDevice.OpenAsync(_hub, id);
        var to = await device.BeginAsync(name);
        var blob = isEncoded ? Uri.EscapeDataString(to.Blob) : to.Blob;

        using var answer = await device.BlobAsync(
            HttpMethod.Put,
            $"{to.Container}/{blob}{to.Token}",
            Hello,
            ("x-ms-blob-type", "BlockBlob")
        );

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Contains(await FilesAsync(id), f => f.Name == name);
    }

    [Fact]
    public async Task Bytes_that_were_damaged_on_their_way_are_refused_and_nothing_is_stored()
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-5");
        var to = await device.BeginAsync("a.txt");
        var wrong = Md5("other"u8);

        await FileDevice.RefusedAsync(await device.PutAsync(to, Hello, ("Content-MD5", wrong)), 400, "Md5Mismatch");
        await FileDevice.RefusedAsync(
            await device.PutAsync(to, Hello, ("x-ms-blob-content-md5", wrong)),
            400,
            "Md5Mismatch"
        );
        await FileDevice.RefusedAsync(
            await device.PutBlockAsync(to, "QQ==", Hello, ("Content-MD5", wrong)),
            400,
            "Md5Mismatch"
        );
        (await device.PutBlockAsync(to, "QQ==", Hello)).EnsureSuccessStatusCode();
        await FileDevice.RefusedAsync(
            await device.ListAsync(to, ["QQ=="], ("x-ms-blob-content-md5", wrong)),
            400,
            "Md5Mismatch"
        );

        Assert.Empty(await FilesAsync("file-5"));
        var line = await _hub.LineAsync("file-5", ConnectionCode.FileRefused);
        Assert.Contains("MD5", line.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_name_is_told_in_words_that_can_be_read()
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-20");

        using var refused = await device.AskAsync("größe\\ü.txt");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(
            "The file 'größe\\\\ü.txt' was refused. The name of a file has",
            await refused.Content.ReadAsStringAsync(Ct),
            StringComparison.Ordinal
        );
        var line = await _hub.LineAsync("file-20", ConnectionCode.FileRefused);
        Assert.StartsWith("The file 'größe\\ü.txt' was refused. ", line.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_on_an_upload_that_is_none_has_a_line()
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-21");

        using var refused = await device.EndAsync(new { correlationId = "nonsense", isSuccess = true });

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var line = await _hub.LineAsync("file-21", ConnectionCode.FileRefused);
        Assert.Contains("'nonsense'", line.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_of_a_body_that_was_counted_in_characters_is_not_the_next_request()
    {
        await using var device = await RawHttps.OpenAsync(_hub, "file-22");

        var first = await device.PostAsync("files", """{"blobName":"größe.txt"}""", miscount: 2);

        Assert.StartsWith("HTTP/1.1 400 ", first, StringComparison.Ordinal);
        Assert.Contains("größe.txt", first, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", first, StringComparison.Ordinal);
        Assert.Equal("", await device.RestAsync());
        var line = await _hub.LineAsync("file-22", ConnectionCode.FileRefused);
        Assert.Contains("größe.txt", line.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_is_no_UTF_8_is_refused_by_name()
    {
        await using var device = await RawHttps.OpenAsync(_hub, "file-23");

        var answer = await device.PostAsync("files", Encoding.Latin1.GetBytes("""{"blobName":"größe.txt"}"""));

        Assert.Contains("is no UTF-8", answer, StringComparison.Ordinal);
        var line = await _hub.LineAsync("file-23", ConnectionCode.FileRefused);
        Assert.Contains("e.txt', is no UTF-8", line.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_this_store_does_not_do_is_said_in_the_words_of_Azure()
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-6");
        var to = await device.BeginAsync("a.txt");

        foreach (var type in new[] { "AppendBlob", "PageBlob" })
            await FileDevice.RefusedAsync(
                await device.BlobAsync(HttpMethod.Put, to.Address, [], ("x-ms-blob-type", type)),
                409,
                "InvalidBlobType"
            );
        await FileDevice.RefusedAsync(
            await device.BlobAsync(HttpMethod.Put, $"{to.Address}&comp=appendblock", Hello),
            409,
            "InvalidBlobType"
        );
        await FileDevice.RefusedAsync(
            await device.BlobAsync(HttpMethod.Put, $"{to.Address}&comp=tags", Hello),
            400,
            "UnsupportedQueryParameter"
        );
        await FileDevice.RefusedAsync(
            await device.BlobAsync(HttpMethod.Delete, to.Address),
            400,
            "UnsupportedQueryParameter"
        );
        await FileDevice.RefusedAsync(
            await device.PutAsync(to, Hello, ("x-ms-structured-body", "XSM/1.0; properties=crc64")),
            400,
            "UnsupportedHeader"
        );
        await FileDevice.RefusedAsync(await device.BlobAsync(HttpMethod.Get, to.Address), 404, "BlobNotFound");
    }

    [Theory]
    [InlineData("no xml", "InvalidXmlDocument")]
    [InlineData("", "InvalidXmlDocument")]
    [InlineData("<Blocks/>", "InvalidBlockList")]
    [InlineData("<BlockList><Latest>???</Latest></BlockList>", "InvalidBlockList")]
    [InlineData("<BlockList><Latest>QQ==</Latest></BlockList>", "InvalidBlockList")]
    [InlineData("<BlockList><Latest><a/></Latest></BlockList>", "InvalidXmlDocument")]
    [InlineData(
        "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><BlockList><Latest>&e;</Latest></BlockList>",
        "InvalidXmlDocument"
    )]
    public async Task A_bad_list_of_blocks_is_refused(string list, string code)
    {
        using var device = await FileDevice.OpenAsync(_hub, $"file-7-{Guid.CreateVersion7():N}");
        var to = await device.BeginAsync("a.txt");

        var answer = await device.BlobAsync(
            HttpMethod.Put,
            $"{to.Address}&comp=blocklist",
            Encoding.UTF8.GetBytes(list)
        );

        await FileDevice.RefusedAsync(answer, 400, code);
    }

    [Fact]
    public async Task An_address_is_good_for_its_own_blob_alone()
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-8");
        using var other = await FileDevice.OpenAsync(_hub, "file-8-other");
        var (mine, theirs) = (await device.BeginAsync("a.txt"), await other.BeginAsync("a.txt"));

        string[] wrong =
        [
            $"{mine.Container}/{theirs.Blob}{mine.Token}",
            $"{mine.Container}/{mine.Blob}",
            $"{mine.Container}/{mine.Blob}?sig=x",
            $"{mine.Container}/file-8/b.txt{mine.Token}",
            $"{mine.Container}/x/../file-8-other/a.txt{mine.Token}",
            $"{mine.Container}{mine.Token}",
            $"{mine.Container}/{mine.Blob}{mine.Token.Replace("se=20", "se=21", StringComparison.Ordinal)}",
        ];
        foreach (var address in wrong)
            await FileDevice.RefusedAsync(
                await device.BlobAsync(HttpMethod.Put, address, Hello, ("x-ms-blob-type", "BlockBlob")),
                403,
                "AuthenticationFailed"
            );
    }

    [Fact]
    public async Task A_device_that_is_blocked_uploads_nothing_more()
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-9");
        var to = await device.BeginAsync("a.txt");

        await _hub.Devices.BlockAsync(_hub.Caller, "file-9", Ct);

        await FileDevice.RefusedAsync(await device.PutAsync(to, Hello), 403, "AuthenticationFailed");
    }

    [Theory]
    [InlineData("../a")]
    [InlineData("")]
    [InlineData("a\\b")]
    public async Task A_bad_name_is_refused_and_told_in_the_device_s_log(string name)
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-10");

        await RefusedAsync(await device.AskAsync(name), 400, "ArgumentInvalid");

        await _hub.LineAsync("file-10", ConnectionCode.FileRefused);
    }

    [Fact]
    public async Task The_eleventh_open_upload_is_refused_until_one_is_reported()
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-11");
        var first = await device.BeginAsync("0");
        for (var i = 1; i < 10; i++)
            await device.BeginAsync($"{i}");

        await RefusedAsync(await device.AskAsync("10"), 403, "DeviceMaximumActiveFileUploadLimitExceeded");
        // as .NET says it: the id in the body
        using var ended = await device.EndAsync(new { correlationId = first.CorrelationId, isSuccess = false });

        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        await device.BeginAsync("10");
    }

    [Fact]
    public async Task A_report_on_an_upload_that_is_not_the_device_s_is_refused()
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-12");
        using var other = await FileDevice.OpenAsync(_hub, "file-12-other");
        var theirs = await other.BeginAsync("a.txt");

        foreach (var id in new[] { theirs.CorrelationId, "nonsense", Guid.CreateVersion7().ToString() })
            await RefusedAsync(
                await device.EndAsync(new { correlationId = id, isSuccess = true }),
                400,
                "InvalidFileUploadCorrelationId"
            );
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused_before_its_bytes_are_read()
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-13");
        var to = await device.BeginAsync("a.bin");
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(to.Address))
        {
            Content = new StreamContent(new Endless()) { Headers = { ContentLength = 101L * 1024 * 1024 } },
        };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        request.Headers.ExpectContinue = true;

        using var answer = await device.SendAsync(request);

        await FileDevice.RefusedAsync(answer, 413, "RequestBodyTooLarge");
    }

    [Fact]
    public async Task What_must_be_new_does_not_replace_an_older_file()
    {
        using var device = await FileDevice.OpenAsync(_hub, "file-14");
        (await device.PutAsync(await device.BeginAsync("a.txt"), Hello)).EnsureSuccessStatusCode();

        var again = await device.PutAsync(await device.BeginAsync("a.txt"), "new"u8.ToArray(), ("If-None-Match", "*"));
        await FileDevice.RefusedAsync(again, 409, "BlobAlreadyExists");

        Assert.Equal("hello", await TextAsync("file-14", Assert.Single(await FilesAsync("file-14"))));
    }

    private static async Task RefusedAsync(HttpResponseMessage answer, int status, string word)
    {
        Assert.Equal((status, word), ((int)answer.StatusCode, FileDevice.Header(answer, "iothub-errorcode")));
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!;
        Assert.StartsWith($"ErrorCode:{word};", (string)body["Message"]!, StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<DeviceFile>> FilesAsync(string device) =>
        (await Files.ListAsync(_hub.Caller, device, null, (null, 100), Ct)).Items;

    private async Task<string> TextAsync(string device, DeviceFile file)
    {
        await using var opened = await Files.OpenAsync(_hub.Caller, device, file.Id, Ct);
        using var reader = new StreamReader(opened.Bytes);
        return await reader.ReadToEndAsync(Ct);
    }

    private DeviceFiles Files => _hub.Services.GetRequiredService<DeviceFiles>();

#pragma warning disable CA5351 // the protocol's
    private static string Md5(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(MD5.HashData(bytes));
#pragma warning restore CA5351

    /// <summary>Never ends, and must never be asked for.</summary>
    private sealed class Endless : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("It was read.");

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("It was read.");
    }
}
