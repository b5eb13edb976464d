using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Twins;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Provisioning;

/// <summary>What registering through a group means: approval, the initial twin, coming from another group.</summary>
public sealed class TermsTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private const string Initial = """{"tags":{"hall":"B"},"properties":{"desired":{"interval":60}}}""";

    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private EnrollmentGroups Groups => _hub.Services.GetRequiredService<EnrollmentGroups>();

    [Fact]
    public async Task A_device_waits_for_approval_and_is_assigned_when_it_asks_again()
    {
        var key = await GroupAsync("asks-first", new() { NeedsApproval = true }, "wait-1");
        await using var device = await OpenAsync("wait-1", key);

        var waiting = await RegisterAsync(device);

        Assert.Equal("$dps/registrations/res/202/?$rid=1&retry-after=15", waiting.Topic);
        var body = JsonDocument.Parse(waiting.Payload).RootElement;
        Assert.Equal("assigning", body.GetProperty("status").GetString());
        var operation = body.GetProperty("operationId").GetString()!;
        Assert.Equal(202, Status(await PollAsync(device, operation)));
        var queue = await _hub.Devices.ListAsync(_hub.Caller, new() { IsWaiting = true }, null, 10, Ct);
        Assert.Contains("wait-1", queue.Items.Select(d => d.Id));

        await _hub.Devices.ApproveAsync(_hub.Caller, "wait-1", Ct);
        var assigned = await PollAsync(device, operation);

        Assert.Equal(200, Status(assigned));
        Assert.Equal(ProvisioningStatus.Provisioned, (await _hub.Devices.GetAsync(_hub.Caller, "wait-1", Ct)).Status);
        await _hub.LineAsync("wait-1", ConnectionCode.WaitingForApproval);
    }

    [Fact]
    public async Task Who_waits_cannot_pass_by_the_hubs_own_door()
    {
        var key = await GroupAsync("asks-first-too", new() { NeedsApproval = true }, "wait-2");
        await using var device = await OpenAsync("wait-2", key);
        await RegisterAsync(device);
        await using var hub = await _hub.OpenAsync();

        var code = await hub.ConnectAsync(Sign.Hub(Of("wait-2", key)));

        Assert.Equal(5, code);
        await _hub.LineAsync("wait-2", ConnectionCode.WaitingForApproval);
    }

    [Fact]
    public async Task A_rejected_device_is_refused()
    {
        var key = await GroupAsync("rejects", new() { NeedsApproval = true }, "wait-3");
        await using var device = await OpenAsync("wait-3", key);
        await RegisterAsync(device);

        await _hub.Devices.RejectAsync(_hub.Caller, "wait-3", Ct);

        Assert.Equal(401, Status(await RegisterAsync(device)));
    }

    [Fact]
    public async Task A_device_that_people_made_needs_no_approval()
    {
        var key = await GroupAsync("made-before", new() { NeedsApproval = true }, "wait-4");
        await _hub.Devices.AddAsync(_hub.Caller, new NewDevice { Id = "wait-4" }, Ct);
        await using var device = await OpenAsync("wait-4", key);

        Assert.Equal(200, Status(await RegisterAsync(device)));
    }

    [Fact]
    public async Task A_new_device_gets_the_groups_initial_twin()
    {
        var key = await GroupAsync("furnished", new() { InitialTwin = Initial }, "new-1");
        await using var device = await OpenAsync("new-1", key);

        await RegisterAsync(device);

        var twin = await TwinAsync("new-1");
        Assert.Equal(("""{"interval":60}""", """{"hall":"B"}"""), (Text(twin.Desired), Text(twin.Cloud)));

        var made = await _hub
            .Services.GetRequiredService<TwinHistory>()
            .ListAsync(_hub.Caller, "new-1", after: null, 10, Ct);
        var change = Assert.Single(made.Items);
        Assert.Equal(("twin.initialize", "new-1"), (change.Action, change.Who));
        var expected = JsonNode.Parse("""{"desired":{"interval":60},"cloud":{"hall":"B"}}""");
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(change.After!)), change.After);
    }

    [Theory]
    [InlineData(Reprovisioning.Migrate, "deviceDataMigrated", """{"interval":5}""", "g-migrate-2")]
    [InlineData(Reprovisioning.Reset, "deviceDataReset", """{"interval":60}""", "g-reset-2")]
    [InlineData(Reprovisioning.Never, "initialAssignment", """{"interval":5}""", "g-never-1")]
    public async Task A_device_from_another_group_is_treated_as_the_new_one_says(
        Reprovisioning policy,
        string substatus,
        string desired,
        string group
    )
    {
        var name = group.Split('-')[1];
        var id = $"moves-{name}";
        var first = await GroupAsync($"g-{name}-1", new(), id);
        var second = await GroupAsync($"g-{name}-2", new() { Reprovisioning = policy, InitialTwin = Initial }, id);
        await using (var device = await OpenAsync(id, first))
            await RegisterAsync(device);
        await _hub
            .Services.GetRequiredService<TwinRegistry>()
            .PatchDesiredAsync(_hub.Caller, id, new JsonObject { ["interval"] = 5 }, Ct);

        await using var moved = await OpenAsync(id, second);
        var answer = await RegisterAsync(moved);

        var state = JsonDocument.Parse(answer.Payload).RootElement.GetProperty("registrationState");
        Assert.Equal(substatus, state.GetProperty("substatus").GetString());
        Assert.Equal(desired, Text((await TwinAsync(id)).Desired));
        var facts = await _hub.Services.GetRequiredService<DeviceCredentials>().DescribeAsync(_hub.Caller, id, Ct);
        Assert.Equal(group, facts.GroupId);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{nonsense")]
    [InlineData("""{"properties":{"desired":{"a.b":1}}}""")]
    public async Task An_initial_twin_that_is_none_is_refused(string json)
    {
        var wish = new EnrollmentGroupWish { Terms = new() { InitialTwin = json } };

        var refusal = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            Groups.PutAsync(_hub.Caller, "bad-twin", wish, Ct)
        );

        Assert.Equal("enrollment.invalid", refusal.Code);
    }

    [Fact]
    public async Task The_devices_of_a_deleted_group_fall_back_to_the_default_ones_keys()
    {
        var key = await GroupAsync("short-lived", new(), "orphan-1");
        await using (var device = await OpenAsync("orphan-1", key))
            await RegisterAsync(device);

        await Groups.DeleteAsync(_hub.Caller, "short-lived", Ct);

        await using var hub = await _hub.OpenAsync();
        Assert.Equal(5, await hub.ConnectAsync(Sign.Hub(Of("orphan-1", key))));
        await using var again = await _hub.ConnectAsync("orphan-1");
        await Assert.ThrowsAsync<ConflictException>(() =>
            Groups.DeleteAsync(_hub.Caller, EnrollmentGroup.DefaultId, Ct)
        );
    }

    [Fact]
    public async Task A_device_that_names_its_gateway_is_put_behind_it()
    {
        await _hub.DeviceAsync("gateway-1");
        var key = await GroupAsync("behind", new(), "leaf-1");
        await using var device = await OpenAsync("leaf-1", key);
        var payload = """{"payload":{"iotcGateway":{"iotcGatewayId":"gateway-1"}}}""";

        await device.PublishAsync("$dps/registrations/PUT/iotdps-register/?$rid=1", payload);
        await device.ReadAsync(MqttClient.Publish);
        await device.PublishAsync("$dps/registrations/PUT/iotdps-register/?$rid=2", payload);
        await device.ReadAsync(MqttClient.Publish);

        var relationships = _hub.Services.GetRequiredService<DeviceRelationships>();
        var only = Assert.Single(await relationships.ListAsync(_hub.Caller, "leaf-1", Ct));
        Assert.Equal(("gateway-1", "leaf-1"), (only.Source, only.Target));
    }

    [Fact]
    public async Task A_device_may_change_the_gateway_it_named_but_not_the_one_people_chose()
    {
        foreach (var id in new[] { "gateway-2", "gateway-3", "gateway-4" })
            await _hub.DeviceAsync(id);
        await _hub.DeviceAsync("leaf-2");
        var leaf = await _hub.Devices.GetAsync(_hub.Caller, "leaf-2", Ct);
        var relationships = _hub.Services.GetRequiredService<DeviceRelationships>();

        Assert.True(await relationships.AttachAsync(leaf, "gateway-2", Ct));
        Assert.True(await relationships.AttachAsync(leaf, "gateway-3", Ct));
        var own = Assert.Single(await relationships.ListAsync(_hub.Caller, "leaf-2", Ct));
        // under the id that the device made up as well
        var chosen = own with
        {
            Source = "gateway-4",
        };
        await relationships.ReplaceAsync(_hub.Caller, own, chosen, Ct);

        Assert.False(await relationships.AttachAsync(leaf, "gateway-2", Ct));
        Assert.Equal("gateway-3", own.Source);
        Assert.Equal(chosen, Assert.Single(await relationships.ListAsync(_hub.Caller, "leaf-2", Ct)));
        await relationships.DeleteAsync(_hub.Caller, "leaf-2", own.Id, Ct);
        await relationships.PutAsync(_hub.Caller, new("ours", "gateway-4", "leaf-2"), Ct);
        Assert.False(await relationships.AttachAsync(leaf, "gateway-2", Ct));
    }

    [Fact]
    public async Task A_registration_that_broke_off_half_way_is_completed_by_the_next()
    {
        var key = await GroupAsync("half-way", new() { InitialTwin = Initial }, "half-1");
        // all that the first one came to
        await _hub.Devices.AddAsync(_hub.Caller, new NewDevice { Id = "half-1" }, Ct);
        await using var device = await OpenAsync("half-1", key);

        await RegisterAsync(device);
        await RegisterAsync(device);

        var twin = await TwinAsync("half-1");
        Assert.Equal(("""{"interval":60}""", """{"hall":"B"}"""), (Text(twin.Desired), Text(twin.Cloud)));
        Assert.Equal(2, twin.DesiredVersion);
    }

    [Fact]
    public async Task What_people_wished_of_a_device_before_it_came_stays()
    {
        var key = await GroupAsync("wished", new() { InitialTwin = Initial }, "wished-1");
        await _hub.Devices.AddAsync(_hub.Caller, new NewDevice { Id = "wished-1" }, Ct);
        await _hub
            .Services.GetRequiredService<TwinRegistry>()
            .PatchDesiredAsync(_hub.Caller, "wished-1", new JsonObject { ["interval"] = 5 }, Ct);
        await using var device = await OpenAsync("wished-1", key);

        await RegisterAsync(device);

        Assert.Equal("""{"interval":5}""", Text((await TwinAsync("wished-1")).Desired));
    }

    private async Task<string> GroupAsync(string id, EnrollmentTerms terms, string device)
    {
        await Groups.PutAsync(_hub.Caller, id, new() { Terms = terms }, Ct);
        return DeviceKey.Derive((await Groups.KeysAsync(_hub.Caller, id, Ct)).Primary, device);
    }

    private async Task<MqttClient> OpenAsync(string id, string key)
    {
        var client = await _hub.OpenAsync();
        Assert.Equal(0, await client.ConnectAsync(Sign.Dps(_hub.Application.IdScope, id, key)));
        await client.SubscribeAsync(1, ("$dps/registrations/res/#", 1));
        return client;
    }

    private static async Task<Packet> RegisterAsync(MqttClient device)
    {
        await device.PublishAsync("$dps/registrations/PUT/iotdps-register/?$rid=1", "{}");
        return await device.ReadAsync(MqttClient.Publish);
    }

    private static async Task<Packet> PollAsync(MqttClient device, string operation)
    {
        await device.PublishAsync(
            $"$dps/registrations/GET/iotdps-get-operationstatus/?$rid=2&operationId={operation}",
            " "
        );
        return await device.ReadAsync(MqttClient.Publish);
    }

    private async Task<Twin> TwinAsync(string id) =>
        await _hub.Services.GetRequiredService<TwinRegistry>().GetAsync(_hub.Caller, id, Ct);

    private static Credentials Of(string id, string key) => new(new("", id, "", null), new KeyPair(key, key));

    private static int Status(Packet answer) =>
        int.Parse(answer.Topic.Split('/')[3], System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(JsonObject json) => json.ToJsonString();
}
