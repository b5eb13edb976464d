using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
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
    public async Task Devices_that_wait_are_announced_listed_and_approved_together()
    {
        AddGroup("floor-2");
        foreach (var id in (string[])["a", "b"])
        {
            var device = Devices.Add(id, $"Dairy {id}", d => d with { Status = ProvisioningStatus.Waiting });
            Enrollments.Sources[device.Key] = new("floor-2", id);
        }
        Devices.Add("c", "Meat 1");
        Open();
        var list = Page<DeviceList>();
        Assert.Contains("2 devices wait for approval", list.Markup, StringComparison.Ordinal);

        Open(new Uri("http://x" + list.Find(".iot-waiting a").GetAttribute("href")).Query);
        var queue = Page<DeviceList>();
        Assert.Equal(2, queue.FindAll("tbody tr").Count);
        Assert.Contains("floor-2", queue.Find("tbody tr").TextContent, StringComparison.Ordinal);
        await queue.Find("input[aria-label='Choose Dairy a']").ChangeAsync(true);
        await queue.Find("input[aria-label='Choose Dairy b']").ChangeAsync(true);
        await queue
            .Find("[role=toolbar]")
            .QuerySelectorAll("button")
            .Single(b => b.TextContent == "Approve")
            .ClickAsync();

        Assert.DoesNotContain(Devices.All, d => d.IsWaiting);
        Assert.Contains("No device waits for approval", queue.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_is_rejected_is_blocked()
    {
        AddGroup("floor-2");
        Devices.Add("a", "Dairy 1", d => d with { Status = ProvisioningStatus.Waiting });
        Open("?waiting=yes");
        var queue = Page<DeviceList>();

        await queue.Find("button[aria-label='Reject Dairy 1']").ClickAsync();

        Assert.True(Assert.Single(Devices.All).IsBlocked);
        Assert.Empty(queue.FindAll("tbody tr"));
    }

    [Fact]
    public void Who_may_not_change_devices_sees_who_waits_and_decides_nothing()
    {
        Devices.Add("a", "Dairy 1", d => d with { Status = ProvisioningStatus.Waiting });
        Open("?waiting=yes");
        var viewer = Role.Operator with
        {
            Permissions = PermissionSet.Of(Permission.ViewApplication, Permission.ViewDevices),
        };

        var queue = Page<DeviceList>(viewer);

        Assert.Contains("waiting for approval", queue.Find("tbody tr").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(queue.FindAll("button"), b => b.TextContent is "Approve" or "Reject");
    }

    [Fact]
    public async Task A_device_that_registers_meanwhile_is_announced_without_loading_again()
    {
        Devices.Add("c", "Meat 1");
        Open();
        var list = Page<DeviceList>();
        Assert.Empty(list.FindAll(".iot-waiting a"));

        var device = Devices.Add("a", "Dairy 1", d => d with { Status = ProvisioningStatus.Waiting });
        Services.GetRequiredService<ChangeFeed>().Publish(new(new(1), ChangeKind.Device, device.Key, device.Id));

        await list.WaitForAssertionAsync(
            () => Assert.Contains("1 device waits for approval", list.Markup, StringComparison.Ordinal),
            TimeSpan.FromSeconds(10)
        );
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

    [Fact]
    public void Several_devices_that_wait_can_be_chosen_on_a_phone_too()
    {
        Devices.Add("a", "Dairy 1", d => d with { Status = ProvisioningStatus.Waiting });
        Open("?waiting=yes");

        var cell = Page<DeviceList>().Find("td:has(input[aria-label='Choose Dairy 1'])");

        Assert.DoesNotContain("iot-col-wide", cell.ClassName!, StringComparison.Ordinal); // which a phone leaves out
    }
}
