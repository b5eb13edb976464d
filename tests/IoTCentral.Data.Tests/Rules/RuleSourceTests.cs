using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Telemetry;
using IoTCentral.Data.Rules;

namespace IoTCentral.Data.Tests.Rules;

/// <summary>What rules read besides the log: devices, history, zones; and what people see before saving.</summary>
public sealed class RuleSourceTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_comes_with_its_properties_and_when_it_was_heard_and_lost()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.AddFridgeAsync();
        await shop.SetCloudAsync(fridge, """{"kind":"dairy","maxTemperature":7.5}""");
        await shop.NoteHeardAsync(fridge, "9:00");
        await shop.SetPresenceAsync(fridge, "9:30");

        var listed = Assert.Single(await shop.Devices.ListAsync(shop.Tenant, [Shop.Template], ["kind"], Ct));
        var found = Assert.Single(await shop.Devices.FindAsync(shop.Tenant, [fridge.Key], ["maxTemperature"], Ct));
        var detail = (await shop.Devices.DetailsAsync(shop.Tenant, [fridge.Key], Ct))[fridge.Key];

        Assert.Equal("dairy", Assert.Single(listed.Properties).Value);
        Assert.Equal("7.5", found.Properties[new(PropertySource.Cloud, "", "maxTemperature")]);
        Assert.Equal((Shop.At("9:00"), Shop.At("9:30")), (listed.LastHeard, listed.DisconnectedAt));
        Assert.Equal(2, detail.Facts.Properties.Count);
        Assert.Equal(7.5, (double)detail.Cloud["maxTemperature"]!);
    }

    [Fact]
    public async Task A_connected_device_is_not_lost()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.AddFridgeAsync();
        await shop.SetPresenceAsync(fridge, "9:30");
        await shop.SetPresenceAsync(fridge, null);

        Assert.Null(Assert.Single(await shop.Devices.FindAsync(shop.Tenant, [fridge.Key], [], Ct)).DisconnectedAt);
    }

    [Fact]
    public async Task History_ends_at_the_place_that_was_judged_and_leaves_repeats_out()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.AddFridgeAsync();
        var ahead = Shop.Message(fridge, "10:02", "{}", "20:00");
        ahead.Flags = MessageFlags.ClockAhead;
        DeviceMessage[] messages =
        [
            Shop.Message(fridge, "10:00", "{}"),
            Shop.Message(fridge, "10:01", "{}", "9:00"),
            ahead,
            Shop.Message(fridge, "10:03", "{}"),
            Shop.Message(fridge, "10:04", "{}"),
        ];
        await shop.StoreAsync(messages);
        var history = new RuleHistory(shop.Database.TenantDb);
        (long, string)[] devices = [(fridge.Key, fridge.Id)];

        var newest = await history.NewestAsync(shop.Tenant, devices, messages[3].Position, Shop.Day, 2, Ct);
        var since = await history.SinceAsync(shop.Tenant, devices[0], Shop.At("9:30"), messages[3].Position, Ct);

        Assert.Equal([messages[0].Position, messages[3].Position], newest[fridge.Key].Select(m => m.Position));
        Assert.Equal([messages[0].Position, messages[3].Position], since.Select(m => m.Position));
    }

    [Fact]
    public async Task Another_tenant_sees_no_device_no_history_and_no_connection()
    {
        await using var shop = await Shop.OpenAsync();
        var fridge = await shop.AddFridgeAsync();
        await shop.StoreAsync(Shop.Message(fridge, "10:00", "{}"));
        await shop.ExecuteAsOwnerAsync(
            $"""
            insert into connection_log (tenant_id, device_key, device_id, at, kind, code, detail, address, protocol)
            values ({shop.Tenant}, {fridge.Key}, 'fridge-1', '2026-11-23 10:00Z', 'connected', 'connected', '', '', 'mqtt')
            """
        );
        var other = await shop.NewTenantAsync();
        var history = new RuleHistory(shop.Database.TenantDb);
        (long, string)[] devices = [(fridge.Key, fridge.Id)];

        Assert.Single(await shop.Devices.ConnectionsAsync(shop.Tenant, ["fridge-1"], Shop.Day, Shop.At("12:00"), Ct));
        Assert.Empty(await shop.Devices.ConnectionsAsync(other, ["fridge-1"], Shop.Day, Shop.At("12:00"), Ct));
        Assert.Empty(await shop.Devices.ListAsync(other, [Shop.Template], ["kind"], Ct));
        Assert.Empty(await shop.Devices.FindAsync(other, [fridge.Key], ["kind"], Ct));
        Assert.Empty(await shop.Devices.DetailsAsync(other, [fridge.Key], Ct));
        Assert.Empty(await history.NewestAsync(other, devices, 1_000, Shop.Day, 10, Ct));
        Assert.Empty(await history.SinceAsync(other, devices[0], Shop.Day, 1_000, Ct));
    }

    [Fact]
    public async Task A_persons_zone_is_found_by_address_in_any_case()
    {
        await using var shop = await Shop.OpenAsync();
        await shop.ExecuteAsOwnerAsync(
            """
            insert into person (id, email, normalized_email, security_stamp, concurrency_stamp, time_zone, created_at)
            values (gen_random_uuid(), 'Anna@shop.example', 'ANNA@SHOP.EXAMPLE', '', '', 'Asia/Tokyo', now())
            """
        );

        var zones = await new RecipientZones(shop.Database.TenantDb).FindAsync(
            ["anna@shop.example", "bob@shop.example"],
            Ct
        );

        Assert.Equal([KeyValuePair.Create("anna@shop.example", "Asia/Tokyo")], zones);
    }

    [Fact]
    public async Task A_back_test_tells_what_would_have_fired_on_stored_messages()
    {
        await using var shop = await Shop.OpenAsync("12:00");
        var (one, two) = (await shop.AddFridgeAsync(), await shop.AddFridgeAsync("fridge-2"));
        await shop.StoreAsync([
            .. Enumerable
                .Range(0, 60)
                .SelectMany(i =>
                    new[]
                    {
                        Shop.Message(
                            one,
                            $"10:{i:00}",
                            $$"""{"temperature":{{(i is >= 20 and < 30 or >= 50 ? 9 : 5)}}}"""
                        ),
                        Shop.Message(two, $"10:{i:00}:30", """{"temperature":5}"""),
                    }
                ),
        ]);
        var rule = new Rule
        {
            TenantId = shop.Tenant,
            Id = "new",
            Name = "",
            TemplateId = Shop.Template,
            Definition = EngineTests.Above(7),
        };

        var result = await shop.BackTest.RunAsync(
            shop.Caller,
            new()
            {
                Rule = rule with { Name = "x" },
                From = Shop.At("9:00"),
                To = Shop.At("11:00"),
            },
            Ct
        );

        Assert.Equal(
            (2, 1, 2, 120L, false),
            (result.FiredTimes, result.FiredDevices, result.TestedDevices, result.Messages, result.IsSample)
        );
        Assert.Equal(
            [(Shop.At("10:20"), Shop.At("10:30")), (Shop.At("10:50"), (DateTimeOffset?)null)],
            result.Episodes.Select(e => (e.From, e.To))
        );
        Assert.Equal(
            ("Fridge 1", "Temperature", "°C", 7.0, 60),
            (
                result.Series!.DeviceName,
                result.Series.Label,
                result.Series.Unit,
                result.Series.Limit,
                result.Series.Points.Count
            )
        );
    }

    [Fact]
    public async Task A_back_test_says_why_a_rule_cannot_be_judged()
    {
        await using var shop = await Shop.OpenAsync();
        var rule = new Rule
        {
            TenantId = shop.Tenant,
            Id = "new",
            Name = "",
            TemplateId = Shop.Template,
            Definition = new(),
        };

        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            shop.BackTest.RunAsync(
                shop.Caller,
                new()
                {
                    Rule = rule,
                    From = Shop.At("9:00"),
                    To = Shop.At("10:00"),
                },
                Ct
            )
        );

        Assert.Equal(["conditions"], refused.Faults.Select(f => f.Path));
    }

    [Fact]
    public async Task A_test_mail_goes_to_oneself_or_a_recipient_and_is_shown_where_there_is_no_server()
    {
        await using var shop = await Shop.OpenAsync();
        var rule = await shop.AddRuleAsync(EngineTests.WithMail(EngineTests.Above(7), "anna@shop.example"));
        var action = (EmailAction)rule.Definition.Actions[0];
        var me = shop.Caller with { Actor = new("person", "1", "me@shop.example"), PersonId = Guid.CreateVersion7() };

        var shown = await shop.TestMail.SendAsync(me, rule, action, "me@shop.example", Ct);
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            shop.TestMail.SendAsync(me, rule, action, "victim@elsewhere.example", Ct)
        );

        Assert.False(shown.IsSent);
        Assert.Equal("Fridge too warm (test): a device, 7 °C", shown.Mail.Subject);
        Assert.Equal("mail.not-a-recipient", refused.Code);
    }
}
