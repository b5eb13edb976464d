using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Rules;

namespace IoTCentral.Data.Tests.Rules;

public sealed class AlertStoreTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Alerts_are_listed_newest_first_page_by_page()
    {
        await using var shop = await Shop.OpenAsync();
        await PutAsync(shop, [.. Enumerable.Range(0, 5).Select(i => Alert(shop.Tenant, i, Shop.At($"10:0{i}")))]);

        var first = await shop.Desk.ListAsync(shop.Caller, new(), null, 2, Ct);
        var second = await shop.Desk.ListAsync(shop.Caller, new(), first.Next, 2, Ct);
        var third = await shop.Desk.ListAsync(shop.Caller, new(), second.Next, 2, Ct);

        Assert.Equal([4L, 3], first.Items.Select(a => a.DeviceKey));
        Assert.Equal([2L, 1], second.Items.Select(a => a.DeviceKey));
        Assert.Equal([0L], third.Items.Select(a => a.DeviceKey));
        Assert.Null(third.Next);
    }

    [Fact]
    public async Task Alerts_of_the_same_moment_are_neither_lost_nor_shown_twice()
    {
        await using var shop = await Shop.OpenAsync();
        await PutAsync(shop, [.. Enumerable.Range(0, 5).Select(i => Alert(shop.Tenant, i, Shop.At("10:00")))]);

        var seen = new List<long>();
        string? after = null;
        do
        {
            var page = await shop.Desk.ListAsync(shop.Caller, new(), after, 2, Ct);
            seen.AddRange(page.Items.Select(a => a.DeviceKey));
            after = page.Next;
        } while (after is not null);

        Assert.Equal([0L, 1, 2, 3, 4], seen.Order());
    }

    [Fact]
    public async Task Each_filter_narrows()
    {
        await using var shop = await Shop.OpenAsync();
        await PutAsync(
            shop,
            [
                Alert(shop.Tenant, 1, Shop.At("10:00")) with
                {
                    Status = AlertStatus.Resolved,
                    ResolvedAt = Shop.At("10:05"),
                    ResolvedBy = AlertEnd.Condition,
                },
                Alert(shop.Tenant, 2, Shop.At("11:00")) with
                {
                    Severity = Severity.Critical,
                },
                Alert(shop.Tenant, 1, Shop.At("12:00"), "cold"),
            ]
        );

        async Task<int> CountAsync(AlertFilter filter) =>
            (await shop.Desk.ListAsync(shop.Caller, filter, null, 10, Ct)).Items.Count;

        Assert.Equal(3, await CountAsync(new()));
        Assert.Equal(2, await CountAsync(new() { OnlyUnresolved = true }));
        Assert.Equal(1, await CountAsync(new() { Status = AlertStatus.Resolved }));
        Assert.Equal(0, await CountAsync(new() { Status = AlertStatus.Acknowledged }));
        Assert.Equal(1, await CountAsync(new() { Severity = Severity.Critical }));
        Assert.Equal(2, await CountAsync(new() { DeviceKey = 1 }));
        Assert.Equal(1, await CountAsync(new() { RuleId = "cold" }));
        Assert.Equal(2, await CountAsync(new() { From = Shop.At("11:00") }));
        Assert.Equal(1, await CountAsync(new() { To = Shop.At("11:00") }));
        Assert.Equal(2, await shop.Desk.CountUnresolvedAsync(shop.Caller, Ct));
    }

    [Fact]
    public async Task The_database_allows_one_unresolved_alert_per_rule_and_device_only()
    {
        await using var shop = await Shop.OpenAsync();
        await PutAsync(shop, [Alert(shop.Tenant, 1, Shop.At("10:00"))]);

        await PutAsync(shop, [Alert(shop.Tenant, 1, Shop.At("11:00"))]);

        Assert.Equal("device-1 10:00-11:00 Condition; device-1 11:00-", await shop.StoryAsync());
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            shop.ExecuteAsOwnerAsync("update alert set status = 'open'")
        );
        Assert.Equal("alert_unresolved", refused.ConstraintName);
    }

    [Fact]
    public async Task Acknowledging_notes_who_and_what_and_a_second_time_adds_the_note()
    {
        await using var shop = await Shop.OpenAsync();
        var alert = Alert(shop.Tenant, 1, Shop.At("10:00"));
        await PutAsync(shop, [alert]);
        var anna = shop.Caller with { Actor = new("person", "1", "anna@shop.example") };

        await shop.Desk.AcknowledgeAsync(anna, alert.Id, "goods moved", Ct);
        await shop.Desk.AcknowledgeAsync(anna, alert.Id, "technician called", Ct);
        var history = await shop.Desk.GetAsync(anna, alert.Id, Ct);

        Assert.Equal(
            (AlertStatus.Acknowledged, "anna@shop.example", Shop.At("10:00")),
            (history.Alert.Status, history.Alert.AcknowledgedBy, history.Alert.AcknowledgedAt)
        );
        Assert.Equal(
            [("opened", ""), ("acknowledged", "goods moved"), ("note", "technician called")],
            history.Events.Select(e => (e.Kind, e.Note))
        );
    }

    [Fact]
    public async Task What_is_no_longer_true_can_be_resolved_without_a_reason()
    {
        await using var shop = await Shop.OpenAsync();
        var alert = Alert(shop.Tenant, 1, Shop.At("10:00"));
        await PutAsync(shop, [alert]);

        await shop.Desk.ResolveAsync(shop.Caller, alert.Id, "", Ct);

        Assert.Equal(AlertEnd.Person, (await shop.AlertAsync()).ResolvedBy);
    }

    [Fact]
    public async Task A_resolved_alert_can_be_neither_acknowledged_nor_resolved_again()
    {
        await using var shop = await Shop.OpenAsync();
        var alert = Alert(shop.Tenant, 1, Shop.At("10:00"));
        await PutAsync(shop, [alert]);
        await shop.Desk.ResolveAsync(shop.Caller, alert.Id, "", Ct);

        var again = await Assert.ThrowsAsync<ConflictException>(() =>
            shop.Desk.ResolveAsync(shop.Caller, alert.Id, "x", Ct)
        );
        await Assert.ThrowsAsync<ConflictException>(() => shop.Desk.AcknowledgeAsync(shop.Caller, alert.Id, "x", Ct));

        Assert.Equal("alert.resolved", again.Code);
    }

    [Fact]
    public async Task Viewers_may_look_and_not_touch()
    {
        await using var shop = await Shop.OpenAsync();
        var alert = Alert(shop.Tenant, 1, Shop.At("10:00"));
        await PutAsync(shop, [alert]);
        var viewer = shop.Caller with { Permissions = PermissionSet.Of(Permission.ViewAlerts) };
        var nobody = shop.Caller with { Permissions = default };

        Assert.Equal(alert.Id, (await shop.Desk.GetAsync(viewer, alert.Id, Ct)).Alert.Id);
        await Assert.ThrowsAsync<ForbiddenException>(() => shop.Desk.AcknowledgeAsync(viewer, alert.Id, "", Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => shop.Desk.ResolveAsync(viewer, alert.Id, "", Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => shop.Desk.ListAsync(nobody, new(), null, 1, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => shop.Desk.CountUnresolvedAsync(nobody, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => shop.Desk.GetAsync(nobody, alert.Id, Ct));
    }

    [Fact]
    public async Task Another_tenant_sees_and_changes_nothing()
    {
        await using var shop = await Shop.OpenAsync();
        var alert = Alert(shop.Tenant, 1, Shop.At("10:00"));
        await PutAsync(shop, [alert]);
        var theirs = Caller.System(await shop.NewTenantAsync());

        Assert.Empty((await shop.Desk.ListAsync(theirs, new(), null, 10, Ct)).Items);
        Assert.Equal(0, await shop.Desk.CountUnresolvedAsync(theirs, Ct));
        Assert.Empty(await shop.Alerts.EventsAsync(theirs.Tenant, alert.Id, Ct));
        await Assert.ThrowsAsync<NotFoundException>(() => shop.Desk.GetAsync(theirs, alert.Id, Ct));
        await Assert.ThrowsAsync<NotFoundException>(() => shop.Desk.AcknowledgeAsync(theirs, alert.Id, "", Ct));
        await Assert.ThrowsAsync<NotFoundException>(() => shop.Desk.ResolveAsync(theirs, alert.Id, "", Ct));
        Assert.Equal(AlertStatus.Open, (await shop.AlertAsync()).Status);
    }

    [Fact]
    public async Task The_journal_of_another_tenant_is_empty_and_its_writes_touch_nothing_of_ours()
    {
        await using var shop = await Shop.OpenAsync();
        var rule = await shop.AddRuleAsync(EngineTests.Above(7));
        var state = new RuleWrite
        {
            TenantId = shop.Tenant,
            RuleId = rule.Id,
            DeviceKey = 1,
            RuleVersion = 1,
            Phase = RulePhase.Holding,
            Since = Shop.Day,
        };
        Assert.Empty(await shop.Journal.CommitAsync([state], 5, Shop.Day, Ct));
        var other = await shop.NewTenantAsync();

        var stale = await shop.Journal.CommitAsync(
            [
                state with
                {
                    TenantId = other,
                    Phase = RulePhase.Rest,
                    ExpectedVersion = 1,
                    RuleVersion = null,
                },
                state with
                {
                    TenantId = other,
                    Phase = RulePhase.Firing,
                },
            ],
            6,
            Shop.Day,
            Ct
        );

        Assert.Equal(2, stale.Count);
        Assert.Empty((await shop.Journal.LoadAsync(other, Ct)).States);
        Assert.Null(await shop.Journal.FindStateAsync(other, rule.Id, 1, Ct));
        Assert.Equal(RulePhase.Holding, Assert.Single((await shop.Journal.LoadAsync(shop.Tenant, Ct)).States).Phase);
        Assert.Equal((6, Shop.Day), await shop.Journal.FindPlaceAsync(Ct));
    }

    private static Alert Alert(TenantId tenant, long device, DateTimeOffset at, string rule = "warm") =>
        new()
        {
            TenantId = tenant,
            Id = AlertIds.Of(tenant, rule, device, at),
            RuleId = rule,
            RuleName = rule,
            DeviceKey = device,
            DeviceId = $"device-{device}",
            DeviceName = $"Device {device}",
            Severity = Severity.Warning,
            OpenedAt = at,
            Facts = new(),
        };

    private static Task PutAsync(Shop shop, IReadOnlyList<Alert> alerts) =>
        new RuleJournal(shop.Database.TenantDb).CommitAsync(
            [
                .. alerts.Select(a => new RuleWrite
                {
                    TenantId = a.TenantId,
                    RuleId = a.RuleId,
                    DeviceKey = a.DeviceKey,
                    Opened = [a],
                }),
            ],
            1,
            Shop.Day,
            Ct
        );
}
