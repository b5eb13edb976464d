using Dapper;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Telemetry.Retention;
using IoTCentral.Core.Tenants;
using IoTCentral.Data.Devices;
using IoTCentral.Data.Telemetry.Chunks;
using IoTCentral.Data.Telemetry.Retention;
using IoTCentral.Data.Templates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using static IoTCentral.Data.Tests.Telemetry.MessageLogFixture;

namespace IoTCentral.Data.Tests.Telemetry.Retention;

/// <summary>What is past its time goes, what has a longer one or a hold stays.</summary>
public sealed class RetentionTests(MessageLogFixture fixture) : IClassFixture<MessageLogFixture>
{
    private const int Days = 30;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DataRetention Retention =>
        new(
            new RetentionStore(fixture.Database.TenantDb, TimeProvider.System),
            new DeviceStore(fixture.Database.TenantDb, TimeProvider.System),
            new TemplateStore(fixture.Database.TenantDb),
            new InstallationOptions
            {
                DataFolder = "/",
                Storage = new() { MessageLogDays = Days },
            },
            TimeProvider.System
        );

    [Fact]
    public async Task Applications_keep_their_data_as_long_as_they_say_and_others_as_the_installation_says()
    {
        var (usual, shorter, longer, forever) = (
            await FilledAsync(),
            await FilledAsync(),
            await FilledAsync(),
            await FilledAsync()
        );
        await SaveAsync(shorter, null, new(5, 10));
        await SaveAsync(longer, null, new(null, 50));
        await SaveAsync(forever, null, new(0, 0));

        await fixture.Partitions(Days).TendAsync(Ct);

        Assert.Equal(("2 8 20", "2 8 20"), await LeftAsync(usual));
        Assert.Equal(("2 8", "2"), await LeftAsync(shorter));
        Assert.Equal(("2 8 20 40", "2 8 20"), await LeftAsync(longer));
        Assert.Equal(("2 8 20 40 100", "2 8 20 40 100"), await LeftAsync(forever));
    }

    [Fact]
    public async Task A_template_s_devices_keep_theirs_as_long_as_its_rule_says()
    {
        var (plain, template) = (await FilledAsync(), "t1");
        var special = await fixture.NewDeviceAsync(Ct, plain.Tenant);
        await GiveTemplateAsync(special, template);
        await FillAsync(special);
        await SaveAsync(plain, null, new(15, 15));
        await SaveAsync(plain, template, new(null, 60));

        await fixture.Partitions(Days).TendAsync(Ct);

        Assert.Equal(("2 8", "2 8"), await LeftAsync(plain));
        Assert.Equal(("2 8 20 40", "2 8"), await LeftAsync(special));
    }

    [Fact]
    public async Task A_hold_keeps_an_application_or_a_device_until_it_is_lifted()
    {
        var whole = await FilledAsync();
        var one = await FilledAsync();
        var other = await fixture.NewDeviceAsync(Ct, one.Tenant);
        await FillAsync(other);
        await Retention.PlaceAsync(Caller.System(whole.Tenant), null, "Claim 7", Ct);
        var hold = await Retention.PlaceAsync(Caller.System(one.Tenant), await IdAsync(one), "Claim 8", Ct);

        await fixture.Partitions(Days).TendAsync(Ct);
        Assert.Equal(("2 8 20 40 100", "2 8 20 40 100"), await LeftAsync(whole));
        Assert.Equal(("2 8 20 40 100", "2 8 20 40 100"), await LeftAsync(one));
        Assert.Equal(("2 8 20", "2 8 20"), await LeftAsync(other));

        await Retention.LiftAsync(Caller.System(one.Tenant), hold.Id, Ct);
        await fixture.Partitions(Days).TendAsync(Ct);
        Assert.Equal(("2 8 20", "2 8 20"), await LeftAsync(one));
        await Assert.ThrowsAsync<NotFoundException>(() => Retention.LiftAsync(Caller.System(one.Tenant), hold.Id, Ct));
    }

    [Fact]
    public async Task Rules_and_holds_are_an_application_s_own_and_are_audited()
    {
        var (one, other) = (await fixture.NewDeviceAsync(Ct), await fixture.NewDeviceAsync(Ct));
        var caller = Caller.System(one.Tenant);
        await SaveAsync(one, null, new(7, 0));
        await SaveAsync(one, null, new(7, 0)); // says nothing new
        var hold = await Retention.PlaceAsync(caller, null, " Claim ", Ct);

        var plan = await Retention.GetAsync(caller, Ct);
        Assert.Equal((new RetentionRule(7, 0), new RetentionRule(30, 30, 1826)), (plan.Application, plan.Installation));
        Assert.Equal(new RetentionRule(7, 0, 1826), plan.Of("any"));
        Assert.Equal("Claim", Assert.Single(plan.Holds).Reason);
        var strange = await Retention.GetAsync(Caller.System(other.Tenant), Ct);
        Assert.Equal((RetentionRule.None, 0), (strange.Application, strange.Holds.Count));
        await Assert.ThrowsAsync<NotFoundException>(() =>
            Retention.LiftAsync(Caller.System(other.Tenant), hold.Id, Ct)
        );

        await SaveAsync(one, null, RetentionRule.None);
        Assert.Equal(new RetentionRule(30, 30, 1826), (await Retention.GetAsync(caller, Ct)).Of(null));
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        Assert.Equal(
            ["retention.change", "legal-hold.place", "retention.change"],
            await owner.QueryAsync<string>(
                "select action from audit where tenant_id = @Value order by id",
                new { one.Tenant.Value }
            )
        );
    }

    [Theory]
    [InlineData(-1, null)]
    [InlineData(null, 36_501)]
    [InlineData(null, null, 36_501)]
    public async Task Days_that_cannot_be_are_refused(int? messages, int? points, int? rollups = null)
    {
        var device = await fixture.NewDeviceAsync(Ct);

        await Assert.ThrowsAsync<InvalidRequestException>(() =>
            SaveAsync(device, null, new(messages, points, rollups))
        );
        await Assert.ThrowsAsync<InvalidRequestException>(() => SaveAsync(device, "none", new(1, 1)));
        await Assert.ThrowsAsync<InvalidRequestException>(() =>
            Retention.PlaceAsync(Caller.System(device.Tenant), null, "  ", Ct)
        );
        await Assert.ThrowsAsync<InvalidRequestException>(() =>
            Retention.PlaceAsync(Caller.System(device.Tenant), "none", "Claim", Ct)
        );
    }

    [Fact]
    public async Task Who_may_not_run_the_application_sees_and_changes_nothing()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        var builder = Caller.System(device.Tenant) with { Permissions = Role.Builder.Permissions };

        await Assert.ThrowsAsync<ForbiddenException>(() => Retention.GetAsync(builder, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => Retention.FindUseAsync(builder, Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => Retention.SaveAsync(builder, null, new(1, 1), Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => Retention.PlaceAsync(builder, null, "Claim", Ct));
        await Assert.ThrowsAsync<ForbiddenException>(() => Retention.LiftAsync(builder, Guid.Empty, Ct));
    }

    [Fact]
    public async Task What_is_stored_is_counted()
    {
        var (filled, empty) = (await FilledAsync(), await fixture.NewDeviceAsync(Ct));
        Assert.Null(await Retention.FindUseAsync(Caller.System(filled.Tenant), Ct));

        using var count = new StorageCount(
            fixture.Database.SystemDb,
            new FakeTimeProvider(Noon),
            NullLogger<StorageCount>.Instance
        );
        await count.CountAsync(Ct);
        await count.CountAsync(Ct);

        var use = (await Retention.FindUseAsync(Caller.System(filled.Tenant), Ct))!;
        Assert.Equal(
            (5, 5, Noon, Noon.AddDays(-100)),
            (use.Messages, use.Points, use.CountedAt, use.OldestPoint!.Value)
        );
        Assert.InRange(use.MessageBytes, 5 * 20, 5 * 400);
        Assert.InRange(use.PointBytes, 5 * 5, 5 * 100);
        var none = (await Retention.FindUseAsync(Caller.System(empty.Tenant), Ct))!;
        Assert.Equal(
            (0, 0, 0, 0, null),
            (none.Messages, none.MessageBytes, none.Points, none.PointBytes, none.OldestPoint)
        );
    }

    [Fact]
    public async Task The_log_is_not_dropped_before_the_longest_rule_when_it_could_not_be_sealed()
    {
        await using var own = new MessageLogFixture();
        await own.InitializeAsync();
        var device = await own.NewDeviceAsync(Ct);
        await own.Log.AppendAsync([Message(device, time: Noon.AddDays(-40))], Ct);
        var retention = new DataRetention(
            new RetentionStore(own.Database.TenantDb, TimeProvider.System),
            new DeviceStore(own.Database.TenantDb, TimeProvider.System),
            new TemplateStore(own.Database.TenantDb),
            new InstallationOptions { DataFolder = "/" },
            TimeProvider.System
        );
        foreach (
            var (rule, stays) in new[] { (new RetentionRule(0, 5), true), (new(50, 5), true), (new(35, 5), false) }
        )
        {
            await retention.SaveAsync(Caller.System(device.Tenant), null, rule, Ct);
            await own.Partitions(Days).TendAsync(Ct);
            await using var owner = await own.Database.OpenAsOwnerAsync(Ct);
            Assert.Equal(
                stays,
                await owner.ExecuteScalarAsync<bool>("select to_regclass('message_log_20261014') is not null")
            );
        }
    }

    private Task SaveAsync((TenantId Tenant, long) device, string? template, RetentionRule rule) =>
        Retention.SaveAsync(Caller.System(device.Tenant), template, rule, Ct);

    private async Task<(TenantId Tenant, long Device)> FilledAsync()
    {
        var device = await fixture.NewDeviceAsync(Ct);
        await FillAsync(device);
        return device;
    }

    /// <summary>A message of each of these many days ago, as if it had been sealed on that day.</summary>
    private async Task FillAsync((TenantId Tenant, long Device) device)
    {
        var system = fixture.Database.SystemDb;
        foreach (var ago in new[] { 100, 40, 20, 8, 2 })
        {
            var message = Message(device, $$"""{"t":{{ago}}}""", Noon.AddDays(-ago), received: Noon);
            await fixture.Log.AppendAsync([message], Ct);
            await new SealPass(system, new SignalTable(system), TimeProvider.System).RunAsync(
                await fixture.Log.LastPositionAsync(Ct),
                Ct
            );
        }
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        foreach (var (table, time) in new[] { ("chunk", "start"), ("message_pack", "last") })
            await owner.ExecuteAsync(
                $"update {table} set written = {time}::date where tenant_id = @Value",
                new { device.Tenant.Value }
            );
    }

    /// <summary>How many days ago points, and messages, are of.</summary>
    private async Task<(string Points, string Messages)> LeftAsync((TenantId Tenant, long Device) device)
    {
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        async Task<string> OfAsync(string table, string time) =>
            string.Join(
                ' ',
                await owner.QueryAsync<int>(
                    $"select (date '2026-11-23' - {time}::date) from {table} where device_key = @Device order by 1",
                    new { device.Device }
                )
            );
        return (await OfAsync("chunk", "start"), await OfAsync("message_pack", "last"));
    }

    private async Task GiveTemplateAsync((TenantId Tenant, long Device) device, string template)
    {
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        await owner.ExecuteAsync(
            """
            insert into device_template (tenant_id, id, model_id, display_name, status, document, created_at, created_by, updated_at, updated_by)
            values (@Value, @template, 'dtmi:a:b;1', 'T', 'published', '{}', now(), 't', now(), 't');
            update device set template_id = @template where device_key = @Device
            """,
            new
            {
                device.Tenant.Value,
                template,
                device.Device,
            }
        );
    }

    private async Task<string> IdAsync((TenantId, long Device) device)
    {
        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        return (
            await owner.ExecuteScalarAsync<string>(
                "select id from device where device_key = @Device",
                new { device.Device }
            )
        )!;
    }
}
