using Bunit;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Devices.Gateways;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace IoTCentral.Web.Tests.Devices;

public sealed class GatewayCardTests : DeviceContext
{
    private readonly MemoryRelationships _relationships;
    private readonly Device _gateway;
    private readonly Device _till;

    public GatewayCardTests()
    {
        _relationships = new(Devices);
        Services.AddSingleton<IRelationshipStore>(_relationships);
        Services.AddSingleton<DeviceRelationships>();
        (_gateway, _till) = (Devices.Add("gw-1", "Gateway"), Devices.Add("till-1", "Till 1"));
    }

    private IRenderedComponent<GatewayCard> Card(Device of, Role? role = null) =>
        Render<GatewayCard>(p =>
            p.Add(c => c.Caller, CallerWith(role ?? Role.Operator))
                .Add(c => c.Application, FreshMarket)
                .Add(c => c.Device, of)
        );

    [Fact]
    public void A_device_that_stands_alone_has_no_card()
    {
        Assert.Equal("", Card(_till).Markup.Trim());
    }

    [Fact]
    public void Each_end_leads_to_the_other()
    {
        _relationships.All.Add(new("r1", "gw-1", "till-1"));

        Assert.EndsWith("devices/gw-1", Card(_till).Find("dd a").GetAttribute("href")!, StringComparison.Ordinal);
        var behind = Card(_gateway).Find("table[aria-label='Devices behind it'] a");
        Assert.Equal("Till 1", behind.TextContent);
        Assert.EndsWith("devices/till-1", behind.GetAttribute("href")!, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_behind_it_have_the_states_of_the_list_of_devices()
    {
        Devices.Add("till-2", "Till 2", d => d with { Presence = new() { IsConnected = true } });
        _relationships.All.AddRange([new("r1", "gw-1", "till-1"), new("r2", "gw-1", "till-2")]);

        var rows = Card(_gateway).FindAll("table[aria-label='Devices behind it'] tbody tr");

        Assert.Equal(
            ["never connected", "connected"],
            rows.Select(r => r.QuerySelector(".iot-chip")!.TextContent.Trim())
        );
    }

    [Fact]
    public void A_device_is_taken_away_when_that_is_confirmed()
    {
        _relationships.All.Add(new("r1", "gw-1", "till-1"));
        var dialogs = Dialogs();
        var card = Card(_gateway);

        card.Find("[aria-label='Take away Till 1 from behind Gateway']").Click();
        dialogs.FindAll("button").Single(b => b.TextContent.Trim() == "Take away").Click();

        Assert.Empty(_relationships.All);
        Assert.Equal("", card.Markup.Trim());
    }

    [Fact]
    public async Task A_device_is_put_behind_it_and_an_unknown_one_is_told_beside_its_id()
    {
        var dialogs = Dialogs();
        var service = Services.GetRequiredService<IDialogService>();
        await dialogs.InvokeAsync(() =>
            AttachDialog.AskAsync(service, "Device behind Gateway", CallerWith(Role.Operator), _gateway)
        );

        await dialogs.Find("#attach-id").InputAsync("nobody");
        await dialogs.Find("form").SubmitAsync();
        Assert.Contains("no device with the id", dialogs.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await dialogs.Find("#attach-id").InputAsync("till-1");
        await dialogs.Find("form").SubmitAsync();

        Assert.Equal(("gw-1", "till-1"), _relationships.All.Select(r => (r.Source, r.Target)).Single());
    }

    [Fact]
    public void Who_may_not_change_devices_only_sees_it()
    {
        _relationships.All.Add(new("r1", "gw-1", "till-1"));
        var rights = Role.Operator.Permissions.Without(Permission.UpdateDevices);
        var onlooker = Role.Operator with { Permissions = rights };

        Assert.Empty(Card(_gateway, onlooker).FindAll("button"));
    }
}

internal sealed class MemoryRelationships(MemoryDevices devices) : IRelationshipStore
{
    public List<DeviceRelationship> All { get; } = [];

    public Task<IReadOnlyList<DeviceRelationship>> ListAsync(TenantId tenant, long deviceKey, CancellationToken ct)
    {
        var id = devices.All.Single(d => d.Key == deviceKey).Id;
        return Task.FromResult<IReadOnlyList<DeviceRelationship>>([
            .. All.Where(r => r.Source == id || r.Target == id).OrderByDescending(r => r.Target == id),
        ]);
    }

    public Task PutAsync(
        (TenantId Tenant, long SourceKey, long TargetKey) of,
        DeviceRelationship relationship,
        DeviceRelationship? replaced,
        (AuditEntry Entry, DateTimeOffset Now) audit,
        CancellationToken ct
    )
    {
        if (All.Exists(r => r.Target == relationship.Target))
            throw new ConflictException("relationship.has-gateway", "It is behind another gateway.");
        All.Add(relationship);
        return Task.CompletedTask;
    }

    public Task<bool> DeleteAsync(
        TenantId tenant,
        DeviceRelationship relationship,
        AuditEntry audit,
        CancellationToken ct
    ) => Task.FromResult(All.Remove(relationship));
}
