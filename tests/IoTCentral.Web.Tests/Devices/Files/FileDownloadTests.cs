using System.Net;
using System.Text;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Files;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Devices.Files;

/// <summary>Files over HTTP: for browsers on a page's behalf, and in the REST API.</summary>
public sealed class FileDownloadTests(TestSite site) : IClassFixture<TestSite>
{
    private static readonly byte[] Png = [0x89, .. "PNG\r\n"u8, 0x1a, .. "\n"u8, .. "picture"u8];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_is_saved_by_a_browser_and_nothing_in_it_can_run()
    {
        var (application, file) = await FileAsync("logs/ü \"1\".html", "<script>alert(1)</script>"u8.ToArray());
        using var browser = await SignedInAsync(application);

        foreach (var query in new[] { "", "?inline=true" })
        {
            using var answer = await browser.GetAsync(
                $"/apps/{application.Slug}/devices/pump/files/{file.Id}{query}",
                Ct
            );

            Assert.Equal("<script>alert(1)</script>", await answer.Content.ReadAsStringAsync(Ct));
            Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
            Assert.Equal("ü \"1\".html", answer.Content.Headers.ContentDisposition.FileNameStar);
            Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
            Assert.Equal(
                "default-src 'none'; frame-ancestors 'none'; sandbox",
                Header(answer, "Content-Security-Policy")
            );
        }
    }

    [Fact]
    public async Task A_picture_is_shown_and_asked_for_again_each_time()
    {
        var (application, file) = await FileAsync("a.png", Png);
        using var browser = await SignedInAsync(application);
        var address = $"/apps/{application.Slug}/devices/pump/files/{file.Id}?inline=true";

        using var answer = await browser.GetAsync(address, Ct);

        Assert.Equal("image/png", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("inline", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.True(answer.Headers.CacheControl is { NoCache: true, Private: true });
        Assert.Contains("sandbox", Header(answer, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.NotNull(answer.Headers.ETag);
    }

    [Fact]
    public async Task Strangers_members_of_another_application_and_another_device_s_address_get_nothing()
    {
        var (application, file) = await FileAsync("a.png", Png);
        await DeviceAsync(application, "other");
        using var stranger = site.Browser();
        using var member = await SignedInAsync(application);
        using var foreigner = await SignedInAsync(await site.ApplicationAsync());
        var address = $"/apps/{application.Slug}/devices/pump/files/{file.Id}";

        Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync(address, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await foreigner.GetAsync(address, Ct)).StatusCode);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await member.GetAsync(address.Replace("pump", "other", StringComparison.Ordinal), Ct)).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await member.GetAsync($"/apps/{application.Slug}/devices/pump/files/{Guid.Empty}", Ct)).StatusCode
        );
        Assert.Equal(HttpStatusCode.OK, (await member.GetAsync(address, Ct)).StatusCode);
    }

    [Fact]
    public async Task The_API_lists_pages_hands_out_and_deletes()
    {
        var (application, first) = await FileAsync("a.txt", "hello"u8.ToArray());
        site.Time.Advance(TimeSpan.FromSeconds(1));
        await UploadAsync(application, "b.txt", "world"u8.ToArray());
        using var api = await ApiClient.OfAsync(site, application);

        var page = await api.GetAsync("devices/pump/files?maxpagesize=1");
        var next = await api.GetAsync((string)page["nextLink"]!);
        var found = await api.GetAsync("devices/pump/files?search=A.T");
        var one = await api.GetAsync($"devices/pump/files/{first.Id}");

        Assert.Equal("b.txt", (string)page["value"][0]!["name"]!);
        Assert.Equal("a.txt", (string)next["value"][0]!["name"]!);
        Assert.Equal("a.txt", (string)Assert.Single(found["value"].AsArray())!["name"]!);
        Assert.Equal(
            (5, "text/plain", "XUFAKrxLKna5cZ2REBfFkg==", true),
            ((int)one["size"]!, (string)one["contentType"]!, (string)one["md5"]!, (bool)one["confirmed"]!)
        );
        Assert.Equal("hello", await ContentAsync(api, first));

        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync($"devices/pump/files/{first.Id}")).Status);
        var gone = await api.GetAsync($"devices/pump/files/{first.Id}");
        Assert.Equal((HttpStatusCode.NotFound, "file.not-found"), (gone.Status, gone.Reason));
        var audit = Assert.Single(
            await site.AuditsAsync(application.TenantId, "pump", Ct),
            a => a.Action == "device.file-delete"
        );
        Assert.Contains("a.txt", audit.Before, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("devices/pump/files?$skiptoken=bm90aGluZw", HttpStatusCode.UnprocessableEntity)]
    [InlineData("devices/pump/files/nonsense", HttpStatusCode.NotFound)]
    [InlineData("devices/pump/files/nonsense/content", HttpStatusCode.NotFound)]
    [InlineData("devices/none/files", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_is_said(string path, HttpStatusCode status)
    {
        var (application, _) = await FileAsync("a.txt", [1]);
        using var api = await ApiClient.OfAsync(site, application);

        Assert.Equal(status, (await api.GetAsync(path)).Status);
    }

    private async Task<string> ContentAsync(ApiClient api, DeviceFile file)
    {
        using var http = site.Server.CreateClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri($"/api/devices/pump/files/{file.Id}/content?{ApiClient.Version}", UriKind.Relative)
        );
        request.Headers.TryAddWithoutValidation("Authorization", api.Token);
        using var answer = await http.SendAsync(request, Ct);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        return Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(Ct));
    }

    private async Task<(Application Application, DeviceFile File)> FileAsync(string name, byte[] bytes)
    {
        var application = await site.ApplicationAsync();
        await DeviceAsync(application, "pump");
        return (application, await UploadAsync(application, name, bytes));
    }

    private Task<Device> DeviceAsync(Application application, string id) =>
        site
            .Services.GetRequiredService<DeviceRegistry>()
            .AddAsync(Caller.System(application.TenantId), new NewDevice { Id = id }, Ct);

    /// <summary>As the hub does it for a device.</summary>
    private async Task<DeviceFile> UploadAsync(Application application, string name, byte[] bytes)
    {
        var tenant = application.TenantId;
        var device = await site.Services.GetRequiredService<IDeviceStore>().GetAsync(tenant, "pump", Ct);
        var uploads = site.Services.GetRequiredService<FileUploads>();
        var opened = await uploads.OpenAsync(tenant, (device.Key, device.Id), name, Ct);
        var file = await site
            .Services.GetRequiredService<FileReceiver>()
            .PutAsync(
                tenant,
                opened.Upload,
                new FileBody(new MemoryStream(bytes), bytes.Length, null),
                new FileAbout(null, null, false),
                Ct
            );
        await uploads.EndAsync(tenant, device.Key, opened.Upload.Id, new UploadReport(true, 201, null), Ct);
        return file;
    }

    private async Task<Browser> SignedInAsync(Application application)
    {
        var anna = await site.PersonAsync();
        await site.JoinAsync(anna, application, Role.Operator);
        return await site.SignedInAsync(anna, Ct);
    }

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();
}
