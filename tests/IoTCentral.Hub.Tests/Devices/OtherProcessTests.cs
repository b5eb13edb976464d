using System.Collections.Concurrent;
using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Rules;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Devices;

/// <summary>What another process on the same database does, such as the command line, counts here at once.</summary>
public sealed class OtherProcessTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private TestHub _hub = null!;
    private PostgresProxy _proxy = null!;
    private ServiceProvider _elsewhere = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private DeviceRegistry DevicesElsewhere => Elsewhere<DeviceRegistry>();

    public async ValueTask InitializeAsync()
    {
        _proxy = new PostgresProxy(database.ConnectionString);
        _elsewhere = TestHub.AnotherProgram(database);
        _hub = await TestHub.StartAsync(database, connectionString: _proxy.ConnectionString);
        await ListensAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _elsewhere.DisposeAsync();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task A_device_that_is_blocked_there_is_cut_off_here_and_its_neighbour_is_not()
    {
        await using var device = await _hub.ConnectAsync("pump");
        await using var neighbour = await _hub.ConnectAsync("neighbour");

        await DevicesElsewhere.BlockAsync(_hub.Caller, "pump", Ct);

        await device.ClosedAsync();
        await _hub.LineAsync("pump", ConnectionCode.Blocked);
        await neighbour.PingAsync();
        await neighbour.ReadAsync(MqttClient.PingResp);
    }

    [Fact]
    public async Task A_device_that_is_deleted_there_is_cut_off_here()
    {
        await using var device = await _hub.ConnectAsync("short-lived");

        await DevicesElsewhere.DeleteAsync(_hub.Caller, "short-lived", Ct);

        await device.ClosedAsync();
        await _hub.LineAsync("short-lived", ConnectionCode.Deleted);
    }

    [Fact]
    public async Task Devices_of_an_application_that_is_suspended_there_are_cut_off_here_and_others_are_not()
    {
        var suspended = await _hub.NewApplicationAsync("Suspended");
        await using var device = await _hub.ConnectAsync(await _hub.DeviceAsync("tenant-device", suspended));
        await using var others = await _hub.ConnectAsync("others-device");

        await Elsewhere<ITenantStore>().UpdateAsync(suspended with { IsSuspended = true }, AuditActor.CommandLine, Ct);

        await device.ClosedAsync();
        await _hub.LineAsync("tenant-device", ConnectionCode.ApplicationSuspended, suspended);
        await others.PingAsync();
        await others.ReadAsync(MqttClient.PingResp);
    }

    [Fact]
    public async Task Keys_and_host_names_that_are_changed_there_count_for_the_next_connection()
    {
        var before = await _hub.DeviceAsync("keyed");
        await (await _hub.ConnectAsync(before)).DisposeAsync();

        await Elsewhere<EnrollmentGroups>().RollAsync(_hub.Caller, EnrollmentGroup.DefaultId, primary: true, Ct);
        var application = (await Elsewhere<ITenantStore>().FindAsync(_hub.Application.TenantId, Ct))!;
        var named = application with { HostName = "fleet.example.com" };
        await Elsewhere<ApplicationRegistry>().SaveAsync(_hub.Caller, named, Ct);

        var after = await _hub.DeviceAsync("keyed");
        Assert.Equal(5, await CodeAsync(Sign.Hub(before)));
        Assert.Equal(0, await CodeAsync(Sign.Hub(after, host: "fleet.example.com")));
    }

    [Fact]
    public async Task A_template_and_a_rule_that_are_made_there_are_judged_here()
    {
        var fridge = await Elsewhere<TemplateBook>().AddAsync(_hub.Caller, Fridge(), Ct);
        await DevicesElsewhere.AddAsync(_hub.Caller, new NewDevice { Id = "fridge", TemplateId = fridge.Id }, Ct);
        await using var device = await _hub.ConnectAsync("fridge");
        await Elsewhere<RuleBook>().AddAsync(_hub.Caller, TooWarm(fridge), Ct);

        var packet = 0;
        var alert = await Eventually.FindAsync(async () =>
        {
            await device.PublishAsync("devices/fridge/messages/events/", """{"temperature":9}""", ++packet);
            var alerts = await _hub
                .Services.GetRequiredService<IAlertStore>()
                .ListAsync(_hub.Application.TenantId, new AlertFilter(), null, 10, Ct);
            return alerts.Items.Count == 0 ? null : alerts.Items[0];
        });

        Assert.Equal("Too warm", alert.RuleName);
    }

    [Fact]
    public async Task Each_change_there_is_told_here_once_and_ours_are_not_told_again()
    {
        await _hub.DeviceAsync("told");
        var heard = Hear(leaveOut: ChangeKind.Application); // some of those we waited for may still come

        var fridge = await Elsewhere<TemplateBook>().AddAsync(_hub.Caller, Fridge("dtmi:test:told;1"), Ct);
        await DevicesElsewhere.BlockAsync(_hub.Caller, "told", Ct);
        await Elsewhere<TwinRegistry>().PatchCloudAsync(_hub.Caller, "told", new() { ["a"] = 1 }, Ct);
        await Elsewhere<TwinRegistry>().PatchDesiredAsync(_hub.Caller, "told", new() { ["b"] = 1 }, Ct);
        await Elsewhere<RuleBook>().AddAsync(_hub.Caller, TooWarm(fridge) with { Id = "told" }, Ct);
        await Elsewhere<TemplateBook>().UpdateAsync(_hub.Caller, fridge with { DisplayName = "Freezer" }, Ct);
        await _hub.Devices.UnblockAsync(_hub.Caller, "told", Ct);
        await DevicesElsewhere.DeleteAsync(_hub.Caller, "told", Ct);

        await Eventually.TrueAsync(() =>
            heard.Any(c => c.Kind == ChangeKind.Rule) && heard.Count(c => c.Kind == ChangeKind.Device) >= 2
        );
        Assert.Equal(
            [
                ChangeKind.Template,
                ChangeKind.Device,
                ChangeKind.CloudProperties,
                ChangeKind.Twin,
                ChangeKind.Rule,
                ChangeKind.Template,
                ChangeKind.Device,
            ],
            heard.Select(c => c.Kind)
        );
    }

    [Fact]
    public async Task A_template_that_is_changed_there_is_read_anew_here()
    {
        var fridge = await _hub
            .Services.GetRequiredService<TemplateBook>()
            .AddAsync(_hub.Caller, Fridge("dtmi:test:cached;1"), Ct);
        var catalog = _hub.Services.GetRequiredService<TemplateCatalog>();
        Assert.Equal("Fridge", (await catalog.FindAsync(_hub.Application.TenantId, fridge.Id, Ct))!.DisplayName);

        await Elsewhere<TemplateBook>().UpdateAsync(_hub.Caller, fridge with { DisplayName = "Freezer" }, Ct);

        await Eventually.FindAsync(async () =>
            (await catalog.FindAsync(_hub.Application.TenantId, fridge.Id, Ct))!.DisplayName == "Freezer" ? "yes" : null
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_happened_while_nobody_could_be_told_is_found_out_afterwards(bool isHanging)
    {
        var id = $"missed-{isHanging}";
        await using var device = await _hub.ConnectAsync(id);
        if (isHanging)
            _proxy.Hang();
        else
            _proxy.Refuse();
        await DevicesElsewhere.BlockAsync(_hub.Caller, id, Ct);

        _proxy.GoOn();

        await device.ClosedAsync();
        await _hub.LineAsync(id, ConnectionCode.Blocked);
    }

    private T Elsewhere<T>()
        where T : notnull => _elsewhere.GetRequiredService<T>();

    /// <summary>What comes from other processes, from now on.</summary>
    private ConcurrentQueue<Change> Hear(ChangeKind? leaveOut = null)
    {
        var heard = new ConcurrentQueue<Change>();
        _hub.Services.GetRequiredService<ChangeFeed>()
            .Listen(change =>
            {
                if (change.IsFromElsewhere && change.Tenant == _hub.Application.TenantId && change.Kind != leaveOut)
                    heard.Enqueue(change);
            });
        return heard;
    }

    /// <summary>Waits until the hub hears others: from then on everything is told.</summary>
    private async Task ListensAsync()
    {
        var heard = Hear();
        var tenants = Elsewhere<ITenantStore>();
        await Eventually.FindAsync(async () =>
        {
            var known = (await tenants.FindAsync(_hub.Application.TenantId, Ct))!;
            await tenants.UpdateAsync(known with { Name = $"Test {known.Version}" }, AuditActor.CommandLine, Ct);
            return heard.IsEmpty ? null : "yes";
        });
    }

    private async Task<int> CodeAsync(Login login)
    {
        await using var client = await _hub.OpenAsync();
        return await client.ConnectAsync(login);
    }

    private static DeviceTemplate Fridge(string model = "dtmi:test:fridge;1") =>
        DtdlReader
            .Read(
                $$"""
                {
                  "@context": "dtmi:dtdl:context;2", "@id": "{{model}}", "@type": "Interface", "displayName": "Fridge",
                  "contents": [{ "@type": "Telemetry", "name": "temperature", "schema": "double" }]
                }
                """
            )
            .Get() with
        {
            Status = TemplateStatus.Published,
        };

    private Rule TooWarm(DeviceTemplate template) =>
        new()
        {
            TenantId = _hub.Application.TenantId,
            Id = "too-warm",
            Name = "Too warm",
            TemplateId = template.Id,
            Definition = new()
            {
                Conditions =
                [
                    new TelemetryCondition
                    {
                        Name = "temperature",
                        Operator = RuleOperator.GreaterThan,
                        Value = RuleValue.Of(8),
                    },
                ],
            },
        };
}
