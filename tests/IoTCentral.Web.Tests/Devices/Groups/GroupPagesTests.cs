using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Provisioning;
using IoTCentral.Testing;
using IoTCentral.Web.Features.Devices.Groups;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace IoTCentral.Web.Tests.Devices.Groups;

public sealed class GroupPagesTests : DeviceContext
{
    public GroupPagesTests() => Services.AddSingleton(new HubNames(new HubOptions { HostNames = ["iot.example"] }));

    private IRenderedComponent<ConnectionGroupPage> Open(string id, Role? role = null) =>
        Render<ConnectionGroupPage>(p =>
            p.Add(c => c.Id, id)
                .AddCascadingValue(CallerWith(role ?? Role.Administrator))
                .AddCascadingValue(FreshMarket)
        );

    private static Task PressAsync<T>(IRenderedComponent<T> on, string button)
        where T : IComponent => on.FindAll("button").First(b => b.TextContent.Trim() == button).ClickAsync();

    private static async Task UploadAsync(IRenderedComponent<MudDialogProvider> dialogs, string text, string act)
    {
        await dialogs.WaitForStateAsync(() => dialogs.HasComponent<InputFile>());
        dialogs.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText(text));
        await dialogs.WaitForStateAsync(() => !dialogs.Find("button[type=submit]").HasAttribute("disabled"));
        Assert.Equal(act, dialogs.Find("button[type=submit]").TextContent);
        await dialogs.Find("form").SubmitAsync();
    }

    [Fact]
    public void Each_group_is_listed_with_how_it_stands_and_its_devices()
    {
        AddGroup("floor-1");
        AddGroup("floor-2", hasKeys: false, new() { NeedsApproval = true });
        Enrollments.Sources[1] = new("floor-1", "a");
        Enrollments.Sources[2] = new("floor-1", "b");

        var rows = Page<ConnectionGroups>().FindAll("tbody tr");

        Assert.Contains("Keys", rows[0].TextContent, StringComparison.Ordinal);
        Assert.EndsWith("2", rows[0].TextContent.Trim(), StringComparison.Ordinal);
        Assert.Contains("no certificate", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("asks for approval", rows[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("/apps/fresh-market/connection-groups/floor-2", rows[1].QuerySelector("a")!.GetAttribute("href"));
    }

    [Fact]
    public void A_groups_page_shows_what_tried_to_register_by_it()
    {
        AddGroup("floor-1");
        Log.Unknown.Add(MemoryLog.Refused("lost-8", TimeProvider.System.GetUtcNow()));

        var page = Open("floor-1");

        var row = page.FindAll("tr").Single(r => r.TextContent.Contains("lost-8", StringComparison.Ordinal));
        Assert.Contains(" 5 times within a minute", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("Compare the keys.", row.TextContent, StringComparison.Ordinal);
        Assert.Equal("floor-1", Log.AskedGroup);
    }

    [Fact]
    public async Task A_new_group_with_certificates_leads_to_its_page()
    {
        AddGroup("floor-1");
        var dialogs = Dialogs();
        var page = Page<ConnectionGroups>();

        var adding = PressAsync(page, "New group");
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("input[type=radio]").Count == 2);
        await dialogs.Find("#group-name").InputAsync("Stores 2027");
        await dialogs.FindAll("input[type=radio]")[1].ChangeAsync(true);
        await dialogs.Find("form").SubmitAsync();
        await adding;

        Assert.Equal(Attestation.X509, Enrollments.Groups[^1].Attestation);
        Assert.EndsWith(
            "/connection-groups/stores-2027",
            Services.GetRequiredService<NavigationManager>().Uri,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Keys_are_shown_only_when_asked_for_which_is_audited()
    {
        AddGroup("floor-1");
        var page = Open("floor-1");
        Assert.Empty(page.FindAll(".iot-secret"));

        await PressAsync(page, "Show");

        Assert.All(page.FindAll(".iot-secret"), key => Assert.True(DeviceKey.IsLegal(key.TextContent)));
        Assert.Equal("enrollment-group.show-keys", Assert.Single(Audit.Entries).Action);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_may_only_look_sees_no_keys_and_no_buttons(bool hasKeys)
    {
        AddGroup("floor-1", hasKeys);
        Authorities.All.Add(Authority(TestAuthority.Root()));

        var page = Open("floor-1", Role.Operator);

        Assert.DoesNotContain(page.FindAll("button"), b => !b.ClassList.Contains("iot-copy"));
        Assert.Contains(
            hasKeys ? "does not include seeing keys" : "Not verified yet",
            page.Markup,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_authority_is_uploaded_and_verified_in_three_steps_with_faults_beside_the_field()
    {
        AddGroup("floor-1", hasKeys: false);
        var dialogs = Dialogs();
        var page = Open("floor-1");
        var root = TestAuthority.Root();

        var uploading = PressAsync(page, "Upload primary certificate");
        await UploadAsync(dialogs, root.Leaf("a device").ExportCertificatePem(), "Upload");
        Assert.Contains(
            "not of an authority",
            dialogs.Find("#upload-text-error").TextContent,
            StringComparison.Ordinal
        );
        await UploadAsync(dialogs, root.Pem, "Upload");
        await uploading;
        Assert.Contains("needs verification", page.Markup, StringComparison.Ordinal);

        await PressAsync(page, "Generate code");
        var code = Assert.Single(Authorities.All).VerificationCode!;
        Assert.Contains($"-subj '/CN={code}'", page.Find("code").TextContent, StringComparison.Ordinal);

        var verifying = PressAsync(page, "Upload signed certificate");
        await UploadAsync(dialogs, root.Leaf("something else").ExportCertificatePem(), "Verify");
        Assert.Contains(
            "must be the verification code",
            dialogs.Find("#upload-text-error").TextContent,
            StringComparison.Ordinal
        );
        await UploadAsync(dialogs, root.Leaf(code).ExportCertificatePem(), "Verify");
        await verifying;

        Assert.True(Assert.Single(Authorities.All).IsVerified);
        Assert.DoesNotContain("lets nobody in", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void An_overdue_revocation_list_is_warned_of()
    {
        AddGroup("floor-1", hasKeys: false);
        var now = TimeProvider.System.GetUtcNow();
        Authorities.All.Add(
            Authority(TestAuthority.Root()) with
            {
                IsVerified = true,
                Revocations = new(now.AddDays(-40), now.AddDays(-10), 3),
            }
        );

        var page = Open("floor-1");

        Assert.Contains("3 certificates taken back", page.Markup, StringComparison.Ordinal);
        Assert.Contains(
            "A newer revocation list was due",
            page.Find("[role=alert]").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Deleting_says_what_happens_to_the_devices_and_waits_for_the_id()
    {
        AddGroup("floor-1");
        Enrollments.Sources[1] = new("floor-1", "a");
        var menus = Render<MudPopoverProvider>();
        var dialogs = Render<MudDialogProvider>();
        var page = Open("floor-1");

        await page.Find("button[aria-haspopup]").ClickAsync();
        await menus.FindAll("[role=menuitem]").Single(i => i.TextContent.Trim() == "Delete group").ClickAsync();
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("input").Count == 1);
        Assert.Contains("Its one device stays", dialogs.Markup, StringComparison.Ordinal);
        await dialogs.Find("input").InputAsync("floor-1");
        await PressAsync(dialogs, "Delete group");

        await dialogs.WaitForAssertionAsync(() => Assert.Empty(Enrollments.Groups));
    }

    [Fact]
    public async Task Terms_are_saved_once_the_twin_is_one()
    {
        AddGroup("floor-1");
        var dialogs = Dialogs();
        var page = Open("floor-1");

        var editing = PressAsync(page, "Edit");
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("textarea").Count == 1);
        await dialogs.Find("input[type=checkbox]").ChangeAsync(true);
        await dialogs.Find("textarea").InputAsync("""{"tags":""");
        await dialogs.Find("form").SubmitAsync();
        Assert.Contains("line 1, column", dialogs.Find("#group-twin-error").TextContent, StringComparison.Ordinal);
        await dialogs.Find("textarea").InputAsync("""{"tags":{"hall":"B"}}""");
        await dialogs.Find("form").SubmitAsync();
        await editing;

        var terms = Assert.Single(Enrollments.Groups).Terms;
        Assert.True(terms.NeedsApproval);
        Assert.Equal("""{"tags":{"hall":"B"}}""", terms.InitialTwin);
        Assert.Contains("asks for approval", page.Markup, StringComparison.Ordinal);
    }

    private static SigningCertificate Authority(TestAuthority authority) =>
        new()
        {
            TenantId = new(1),
            GroupId = "floor-1",
            Entry = CertificateEntry.Primary,
            Certificate = Core.Certificates.Certificate.Of(authority.Certificate.RawData),
        };
}
