using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Ui;
using IoTCentral.Web.Ui.Layout;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Ui;

public sealed class AppLayoutTests : UiContext
{
    private IRenderedComponent<AppLayout> Open(string address, RenderFragment? body = null)
    {
        Interactive();
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        return Render<AppLayout>(p => p.Add(l => l.Body, body ?? (b => b.AddContent(0, "the page"))));
    }

    private void Nav(string path, string key, Permission? permission = null) =>
        Services.AddNavItem(
            new NavItem
            {
                Group = NavGroup.Connect,
                Order = 10,
                Path = path,
                Icon = "",
                Texts = typeof(UiTexts),
                TitleKey = key,
                Permission = permission,
            }
        );

    [Fact]
    public void A_member_sees_the_page_inside_its_application()
    {
        Access.Add(App(), Role.Operator);

        var page = Open("apps/fresh-market/devices");

        Assert.Equal("the page", page.Find("main").TextContent.Trim());
        Assert.Contains("Fresh Market", page.Find("header").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Somebody_elses_application_is_not_found()
    {
        Access.Add(App(), Role.Administrator);

        var page = Open("apps/other/devices");

        Assert.Equal("Not found", page.Find("h1").TextContent);
        Assert.DoesNotContain("the page", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_suspended_application_is_not_found()
    {
        Access.Add(App() with { IsSuspended = true }, Role.Administrator);

        Assert.Equal("Not found", Open("apps/fresh-market/devices").Find("h1").TextContent);
    }

    [Fact]
    public void The_navigation_leaves_out_what_the_role_does_not_open()
    {
        Access.Add(App(), Role.Operator);
        Nav("devices", "Loading", Permission.ViewDevices);
        Nav("people", "Close", Permission.ManagePeople);

        var links = Open("apps/fresh-market/devices").FindAll("nav li a").Select(a => a.GetAttribute("href"));

        Assert.Equal(["/apps/fresh-market/devices"], links);
    }

    [Fact]
    public void The_current_entry_is_the_most_exact_one()
    {
        Access.Add(App(), Role.Operator);
        Nav("devices", "Loading");
        Nav("device-groups", "Close");

        var current = Open("apps/fresh-market/device-groups/cold").Find("nav [aria-current=page]");

        Assert.Equal("/apps/fresh-market/device-groups", current.GetAttribute("href"));
    }

    [Fact]
    public void A_page_knows_its_caller_and_application()
    {
        Access.Add(App(), Role.Operator);

        var page = Open(
            "apps/fresh-market/x",
            b =>
            {
                b.OpenComponent<Probe>(0);
                b.CloseComponent();
            }
        );

        Assert.Equal("/apps/fresh-market/devices sees rules", page.Find("main").TextContent.Trim());
    }

    [Fact]
    public async Task The_next_page_is_made_once_and_for_its_own_application()
    {
        Access.Add(App(), Role.Operator);
        Access.Add(App("cold-chain", "Cold Chain"), Role.Operator);
        var made = new List<string>();
        RenderFragment first = b =>
        {
            b.OpenComponent<Probe>(0);
            b.CloseComponent();
        };
        RenderFragment second = b =>
        {
            b.OpenComponent<Probe>(1);
            b.AddComponentParameter(2, nameof(Probe.Made), made);
            b.CloseComponent();
        };
        var page = Open("apps/fresh-market/devices", first);
        var gate = new TaskCompletionSource();
        Access.Gate = gate.Task;

        Services.GetRequiredService<NavigationManager>().NavigateTo("apps/cold-chain/rules");
        page.Render(p => p.Add(l => l.Body, second));
        Assert.Empty(made);
        gate.SetResult();

        await page.WaitForAssertionAsync(() => Assert.Contains("/apps/cold-chain/devices", page.Markup));
        Assert.Equal(["cold-chain"], made);
    }

    [Fact]
    public void Losing_the_membership_ends_the_open_page()
    {
        Access.Add(App(), Role.Operator);
        var page = Open("apps/fresh-market/devices");

        Access.All.Clear();
        Services.GetRequiredService<ChangeFeed>().Publish(new(App().TenantId, ChangeKind.Application));

        page.WaitForAssertion(() => Assert.Equal("Not found", page.Find("h1").TextContent));
    }

    [Fact]
    public void Losing_a_right_reaches_the_open_page()
    {
        Access.Add(App(), Role.Administrator);
        Nav("people", "Close", Permission.ManagePeople);
        var page = Open("apps/fresh-market/devices");
        Assert.Single(page.FindAll("nav li a"));

        Access.All.Clear();
        Access.Add(App(), Role.Operator);
        Services.GetRequiredService<ChangeFeed>().Publish(new(App().TenantId, ChangeKind.Application));

        page.WaitForAssertion(() => Assert.Empty(page.FindAll("nav li a")));
    }

    [Fact]
    public void A_thing_that_is_not_there_says_so_in_place_of_the_page()
    {
        Access.Add(App(), Role.Operator);

        var page = Open(
            "apps/fresh-market/devices/x",
            b =>
            {
                b.OpenComponent<Broken>(0);
                b.AddComponentParameter(1, "Failure", new NotFoundException("device.unknown", "No device 'x'."));
                b.CloseComponent();
            }
        );

        Assert.Contains("No device 'x'.", page.Find("main").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unexpected_failure_shows_a_reference_and_no_details()
    {
        Access.Add(App(), Role.Operator);

        var page = Open(
            "apps/fresh-market/devices/x",
            b =>
            {
                b.OpenComponent<Broken>(0);
                b.AddComponentParameter(1, "Failure", new FormatException("secret detail"));
                b.CloseComponent();
            }
        );

        Assert.Matches("Reference [0-9a-f]{8};", page.Find("main").TextContent);
        Assert.DoesNotContain("secret detail", page.Markup, StringComparison.Ordinal);
        Assert.Equal("Try again", page.Find("main button").TextContent);
    }

    private sealed class Probe : PageBase
    {
        /// <summary>Takes the application of each of them.</summary>
        [Parameter]
        public List<string>? Made { get; set; }

        protected override void OnInitialized() => Made?.Add(Application.Slug);

        protected override void BuildRenderTree(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder b) =>
            b.AddContent(0, Href("devices") + (Caller.May(Permission.ViewRules) ? " sees rules" : ""));
    }

    private sealed class Broken : ComponentBase
    {
        [Parameter]
        public Exception Failure { get; set; } = null!;

        protected override void OnInitialized() => throw Failure;
    }
}
