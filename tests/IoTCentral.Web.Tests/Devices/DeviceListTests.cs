using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Web.Features.Devices.List;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Devices;

public sealed class DeviceListTests : DeviceContext
{
    private string Address => Services.GetRequiredService<NavigationManager>().Uri;

    private void Open(string query = "") =>
        Services.GetRequiredService<NavigationManager>().NavigateTo($"/apps/fresh-market/devices{query}");

    [Fact]
    public void An_application_without_devices_says_what_a_device_is_and_offers_the_first()
    {
        Open();
        var page = Page<DeviceList>();

        Assert.Contains("No devices yet", page.Markup, StringComparison.Ordinal);
        Assert.Contains(page.FindAll("button"), b => b.TextContent.Trim() == "New device");
    }

    [Fact]
    public void Who_may_not_create_is_not_offered_to()
    {
        Open();
        var watcher = Role.Operator with { Permissions = Role.Operator.Permissions.Without(Permission.CreateDevices) };

        Assert.DoesNotContain(Page<DeviceList>(watcher).FindAll("button"), b => b.TextContent.Trim() == "New device");
    }

    [Fact]
    public void Each_device_is_a_row_with_its_state_and_a_link_that_survives_odd_ids()
    {
        Devices.Add("a#1%", "Dairy 1");
        Devices.Add("b", "Dairy 2", d => d.Block());
        Open();

        var page = Page<DeviceList>();

        Assert.Equal("/apps/fresh-market/devices/a%231%25", page.Find("td a").GetAttribute("href"));
        Assert.Contains("never connected", page.FindAll("tr")[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("blocked", page.FindAll("tr")[2].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_is_in_the_address()
    {
        Devices.Add("a");
        Open();
        var page = Page<DeviceList>();

        page.FindAll("button").Single(b => b.TextContent.Trim() == "blocked").Click();

        Assert.EndsWith("/apps/fresh-market/devices?blocked=yes", Address, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_with_a_filter_shows_what_it_says()
    {
        Devices.Add("a", "Dairy 1");
        Devices.Add("b", "Meat 1", d => d.Block());
        Open("?blocked=yes");

        var page = Page<DeviceList>();

        Assert.DoesNotContain("Dairy 1", page.Markup, StringComparison.Ordinal);
        Assert.Contains("Meat 1", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void More_devices_than_a_page_holds_come_on_demand()
    {
        for (var i = 0; i < 60; i++)
            Devices.Add($"d{i:00}");
        Open();
        var page = Page<DeviceList>();
        Assert.Equal(50, page.FindAll("tbody tr").Count);

        page.FindAll("button").Single(b => b.TextContent.Trim() == "Show more").Click();

        Assert.Equal(60, page.FindAll("tbody tr").Count);
    }

    [Fact]
    public void Storage_away_is_said_and_can_be_tried_again()
    {
        Devices.Add("a", "Dairy 1");
        Devices.IsAway = true;
        Open();
        var page = Page<DeviceList>();
        Assert.Contains("The devices could not be loaded", page.Markup, StringComparison.Ordinal);

        Devices.IsAway = false;
        page.FindAll("button").Single(b => b.TextContent.Trim() == "Try again").Click();

        Assert.Contains("Dairy 1", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chosen_devices_are_blocked_together()
    {
        Devices.Add("a", "Dairy 1");
        Devices.Add("b", "Dairy 2");
        Open();
        var page = Page<DeviceList>();
        await page.Find("input[aria-label='Choose Dairy 1']").ChangeAsync(true);
        await page.Find("input[aria-label='Choose Dairy 2']").ChangeAsync(true);

        await page.FindAll("button").Single(b => b.TextContent.Trim() == "Block").ClickAsync();

        Assert.All(Devices.All, d => Assert.True(d.IsBlocked));
        Assert.DoesNotContain("chosen", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_several_names_them_and_waits_for_the_word()
    {
        Devices.Add("a", "Dairy 1");
        Devices.Add("b", "Dairy 2");
        Open();
        var dialogs = Dialogs();
        var page = Page<DeviceList>();
        await page.Find("input[aria-label='Choose Dairy 1']").ChangeAsync(true);
        await page.Find("input[aria-label='Choose Dairy 2']").ChangeAsync(true);

        var deleting = page.FindAll("button").Single(b => b.TextContent.Trim() == "Delete").ClickAsync();
        await dialogs.WaitForStateAsync(() => dialogs.FindAll("input").Count == 1);
        Assert.Contains("Dairy 1, Dairy 2", dialogs.Markup, StringComparison.Ordinal);
        await dialogs.Find("input").InputAsync("delete 2");
        await dialogs.FindAll("button").Single(b => b.TextContent.Trim() == "Delete devices").ClickAsync();
        await deleting;

        Assert.Empty(Devices.All);
    }

    [Fact]
    public async Task A_device_that_speaks_is_seen_without_loading_again()
    {
        var device = Devices.Add("a", "Dairy 1");
        Open();
        var page = Page<DeviceList>();

        Feed.Say(device.Key, new DateTimeOffset(2026, 7, 1, 10, 0, 0, TimeSpan.Zero));

        await page.WaitForAssertionAsync(
            () => Assert.Equal("2026-07-01 10:00:00Z", page.Find("iot-age").TextContent),
            TimeSpan.FromSeconds(10)
        );
        Assert.Contains("silent", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_is_left_listens_to_nobody()
    {
        Devices.Add("a");
        Open();
        Page<DeviceList>();
        Assert.Equal(1, Feed.Open);

        await DisposeComponentsAsync();

        Assert.Equal(0, Feed.Open);
    }
}
