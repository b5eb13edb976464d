using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Files;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Devices.Files;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Devices.Files;

public sealed class FilesTabTests : DeviceContext
{
    private readonly MemoryFiles _files = new();
    private readonly Device _camera;

    public FilesTabTests()
    {
        Services.AddSingleton<IDeviceFileStore>(_files);
        Services.AddSingleton<IFileStores>(_files);
        Services.AddSingleton(new InstallationOptions { DataFolder = "/nowhere" });
        Services.AddSingleton<DeviceFiles>();
        _camera = Devices.Add("camera 1", "Camera 1");
    }

    [Fact]
    public void Without_a_file_it_says_how_a_device_uploads_one()
    {
        var tab = Tab();

        Assert.Contains("No files yet", tab.Markup, StringComparison.Ordinal);
        Assert.Contains("uploadToBlob", tab.Find("code").TextContent, StringComparison.Ordinal);
        Assert.Contains("100\u00a0MB a file at most", tab.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_listed_newest_first_with_their_sizes()
    {
        _files.Add(_camera.Key, "logs/a.log", new byte[1536]);
        _files.Add(_camera.Key, "b.bin", new byte[3]);
        _files.Add(_camera.Key + 1, "another device's", new byte[3]);

        var tab = Tab();

        Assert.Equal(2, tab.FindAll("tbody tr").Count);
        Assert.Contains("b.bin", tab.FindAll("tbody tr")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("1.5\u00a0KB", tab.FindAll("tbody tr")[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("use 1.5\u00a0KB of 10\u00a0GB", tab.Markup, StringComparison.Ordinal);
        Assert.EndsWith(
            $"devices/camera%201/files/{_files.All[0].File.Id}",
            tab.Find("a[aria-label='Download logs/a.log']").GetAttribute("href"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Small_pictures_are_drawn_and_large_ones_and_false_ones_are_not()
    {
        byte[] png = [0x89, .. "PNG\r\n"u8, 0x1a, .. "\n"u8];
        var small = _files.Add(_camera.Key, "small.png", png);
        _files.Add(_camera.Key, "large.png", [.. png, .. new byte[3 * 1024 * 1024]]);
        _files.Add(_camera.Key, "false.png", "<svg onload=…>"u8.ToArray());

        var tab = Tab();

        var picture = Assert.Single(tab.FindAll("tbody img"));
        Assert.EndsWith($"{small.Id}?inline=true", picture.GetAttribute("src"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_device_said_of_its_upload_is_shown()
    {
        _files.Add(_camera.Key, "a", [1], isSuccess: false);
        _files.Add(_camera.Key, "b", [1], isSuccess: null);
        _files.Add(_camera.Key, "c", [1]);

        var rows = Tab().FindAll("tbody tr").Select(r => r.TextContent).ToList();

        Assert.DoesNotContain("onfirmed", rows[0], StringComparison.Ordinal);
        Assert.Contains("Not confirmed", rows[1], StringComparison.Ordinal);
        Assert.Contains("Upload failed", rows[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_arrives_appears_by_itself()
    {
        var tab = Tab();
        _files.Add(_camera.Key, "new.log", [1]);

        Services.GetRequiredService<ChangeFeed>().Publish(new Change(new(1), ChangeKind.File, _camera.Key));

        tab.WaitForAssertion(() => Assert.Contains("new.log", tab.Markup, StringComparison.Ordinal));
    }

    [Fact]
    public async Task News_of_another_device_or_application_changes_nothing()
    {
        var tab = Tab();
        _files.Add(_camera.Key, "new.log", [1]);

        Services.GetRequiredService<ChangeFeed>().Publish(new Change(new(1), ChangeKind.File, _camera.Key + 1));
        Services.GetRequiredService<ChangeFeed>().Publish(new Change(new(2), ChangeKind.File, _camera.Key));
        await tab.InvokeAsync(() => { });

        Assert.DoesNotContain("new.log", tab.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_is_read_as_text_and_never_as_markup()
    {
        _files.Add(_camera.Key, "a.json", """{"a":"<b>ü</b>"}"""u8.ToArray());
        var dialogs = Dialogs();
        var tab = Tab();

        tab.Find("button[aria-label='Show a.json']").Click();

        dialogs.WaitForAssertion(() =>
            Assert.Equal("{\n  \"a\": \"<b>ü</b>\"\n}", dialogs.Find("pre").TextContent.ReplaceLineEndings("\n"))
        );
        Assert.Empty(dialogs.FindAll("pre b"));
    }

    [Fact]
    public void Of_a_long_text_the_beginning_is_shown()
    {
        _files.Add(_camera.Key, "a.log", System.Text.Encoding.UTF8.GetBytes(new string('ü', 50_000)));
        var dialogs = Dialogs();
        var tab = Tab();

        tab.Find("button[aria-label='Show a.log']").Click();

        dialogs.WaitForAssertion(() =>
            Assert.Contains("The first 64\u00a0KB of 97.7\u00a0KB", dialogs.Markup, StringComparison.Ordinal)
        );
        Assert.Equal(new string('ü', 32 * 1024), dialogs.Find("pre").TextContent);
    }

    [Fact]
    public void A_file_is_deleted_when_the_person_agrees()
    {
        _files.Add(_camera.Key, "a.log", [1]);
        var dialogs = Dialogs();
        var tab = Tab();

        tab.Find("button[aria-label='Delete a.log']").Click();
        dialogs.WaitForAssertion(() => Assert.Contains("a.log", dialogs.Markup, StringComparison.Ordinal));
        dialogs.FindAll("button").Single(b => b.TextContent.Trim() == "Delete file").Click();

        tab.WaitForAssertion(() => Assert.Contains("No files yet", tab.Markup, StringComparison.Ordinal));
        Assert.Equal("device.file-delete", Assert.Single(_files.Audits).Action);
    }

    [Fact]
    public void Who_may_only_look_gets_no_button_to_delete()
    {
        _files.Add(_camera.Key, "a.log", [1]);
        var viewer = CallerWith(Role.Operator);
        viewer = viewer with { Permissions = viewer.Permissions.Without(Permission.ManageFiles) };

        var tab = Tab(viewer);

        Assert.Empty(tab.FindAll("button[aria-label='Delete a.log']"));
        Assert.Single(tab.FindAll("a[aria-label='Download a.log']"));
    }

    private IRenderedComponent<FilesTab> Tab(Caller? caller = null) =>
        Render<FilesTab>(p =>
            p.Add(t => t.Caller, caller ?? CallerWith(Role.Administrator))
                .Add(t => t.Application, FreshMarket)
                .Add(t => t.Device, _camera)
        );
}
