using System.Text.Json;
using Dapper;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Provisioning;

public sealed class DpsMqttTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private const string Filter = "$dps/registrations/res/#";

    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_with_a_group_key_is_assigned_at_once_with_the_puback_first()
    {
        await using var device = await OpenAsync("fridge-1", await GroupKeyAsync("fridge-1"));

        await device.PublishAsync("$dps/registrations/PUT/iotdps-register/?$rid=7", Body("fridge-1"), packetId: 2);
        var ack = await device.ReadAsync(MqttClient.PubAck);
        var answer = await device.ReadAsync(MqttClient.Publish);

        Assert.Equal(2, ack.Id);
        Assert.Equal("$dps/registrations/res/200/?$rid=7", answer.Topic);
        var state = State(answer);
        Assert.Equal("hub.example.com", state.GetProperty("assignedHub").GetString());
        Assert.Equal("fridge-1", state.GetProperty("deviceId").GetString());
        Assert.Equal("initialAssignment", state.GetProperty("substatus").GetString());
    }

    [Fact]
    public async Task What_it_registered_with_opens_the_hub()
    {
        var key = await GroupKeyAsync("fridge-2");
        await using (var device = await OpenAsync("fridge-2", key))
            await RegisterAsync(device, "fridge-2");

        await using var hub = await _hub.OpenAsync();
        var credentials = new Credentials(new("", "fridge-2", "", null), new KeyPair(key, key));

        Assert.Equal(0, await hub.ConnectAsync(Sign.Hub(credentials)));
    }

    [Fact]
    public async Task Registering_again_is_the_same_device_and_operation()
    {
        await using var device = await OpenAsync("fridge-3", await GroupKeyAsync("fridge-3"));

        var first = await RegisterAsync(device, "fridge-3");
        var second = await RegisterAsync(device, "fridge-3");
        await device.PublishAsync(
            $"$dps/registrations/GET/iotdps-get-operationstatus/?$rid=9&operationId={OperationOf(first)}",
            " "
        );
        var status = await device.ReadAsync(MqttClient.Publish);

        Assert.Equal(OperationOf(first), OperationOf(second));
        Assert.Equal("$dps/registrations/res/200/?$rid=9", status.Topic);
        Assert.Equal("fridge-3", State(status).GetProperty("deviceId").GetString());
    }

    [Fact]
    public async Task A_deleted_device_returns_as_a_new_one()
    {
        await using var device = await OpenAsync("fridge-4", await GroupKeyAsync("fridge-4"));
        await RegisterAsync(device, "fridge-4");
        var first = await _hub.Devices.GetAsync(_hub.Caller, "fridge-4", Ct);
        await _hub.Devices.DeleteAsync(_hub.Caller, "fridge-4", Ct);

        await RegisterAsync(device, "fridge-4");

        Assert.NotEqual(first.Key, (await _hub.Devices.GetAsync(_hub.Caller, "fridge-4", Ct)).Key);
    }

    [Fact]
    public async Task A_blocked_device_stays_blocked_and_its_log_says_so()
    {
        await _hub.Devices.AddAsync(_hub.Caller, new NewDevice { Id = "fridge-5", IsBlocked = true }, Ct);
        await using var device = await OpenAsync("fridge-5", await GroupKeyAsync("fridge-5"));

        await device.PublishAsync("$dps/registrations/PUT/iotdps-register/?$rid=1", Body("fridge-5"));
        var answer = await device.ReadAsync(MqttClient.Publish);

        Assert.Equal("$dps/registrations/res/401/?$rid=1", answer.Topic);
        Assert.Contains("blocked", answer.Payload, StringComparison.Ordinal);
        Assert.True((await _hub.Devices.GetAsync(_hub.Caller, "fridge-5", Ct)).IsBlocked);
        Assert.Equal(HubDps, (await _hub.LineAsync("fridge-5", ConnectionCode.Blocked)).Protocol);
    }

    [Theory]
    [InlineData("FRIDGE-6", true)]
    [InlineData("FRIDGE-7", false)]
    public async Task A_lower_case_registration_finds_its_device_if_it_is_the_only_one(string id, bool isOnly)
    {
        await _hub.Devices.AddAsync(_hub.Caller, new NewDevice { Id = id }, Ct);
        if (!isOnly)
            await _hub.Devices.AddAsync(_hub.Caller, new NewDevice { Id = $"{id[0]}{id[1..].ToLowerInvariant()}" }, Ct);
        var registrationId = id.ToLowerInvariant();
        await using var device = await OpenAsync(registrationId, await GroupKeyAsync(registrationId));

        var answer = await RegisterAsync(device, registrationId);

        Assert.Equal(isOnly ? id : registrationId, State(answer).GetProperty("deviceId").GetString());
    }

    [Fact]
    public async Task An_individual_enrollment_beats_the_group()
    {
        var keys = KeyPair.New();
        await _hub
            .Services.GetRequiredService<IndividualEnrollments>()
            .PutAsync(_hub.Caller, "Special", "special-device", keys, Ct);
        await using var byGroup = await _hub.OpenAsync();
        var refused = await byGroup.ConnectAsync(
            Sign.Dps(_hub.Application.IdScope, "special", await GroupKeyAsync("special"))
        );

        await using var device = await OpenAsync("special", keys.Secondary);
        var answer = await RegisterAsync(device, "special");

        Assert.Equal(5, refused);
        Assert.Equal("special-device", State(answer).GetProperty("deviceId").GetString());
    }

    [Fact]
    public async Task A_disabled_group_refuses_and_says_so()
    {
        var groups = _hub.Services.GetRequiredService<EnrollmentGroups>();
        await groups.PutAsync(_hub.Caller, "night-shift", new() { IsEnabled = false }, Ct);
        var key = (await groups.KeysAsync(_hub.Caller, "night-shift", Ct)).Primary;
        await using var device = await _hub.OpenAsync();

        var code = await device.ConnectAsync(Sign.Dps(_hub.Application.IdScope, "n-1", DeviceKey.Derive(key, "n-1")));

        Assert.Equal(5, code);
        var line = await _hub.LineAsync("n-1", ConnectionCode.EnrollmentDisabled);
        Assert.Contains("night-shift", line.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_scope_belongs_to_nobodys_log()
    {
        await using var device = await _hub.OpenAsync();

        var code = await device.ConnectAsync(Sign.Dps("0neWRONG", "fridge-8", DeviceKey.New()));

        Assert.Equal(5, code);
        var attempt = await _hub.AttemptAsync(ConnectionCode.UnknownScope);
        Assert.Equal(("0neWRONG", "fridge-8", "127.0.0.1"), (attempt.IdScope, attempt.DeviceId, attempt.Address));
    }

    [Fact]
    public async Task A_wrong_key_is_in_the_log_of_the_scopes_application()
    {
        await using var device = await _hub.OpenAsync();

        var code = await device.ConnectAsync(Sign.Dps(_hub.Application.IdScope, "fridge-9", DeviceKey.New()));

        Assert.Equal(5, code);
        await _hub.LineAsync("fridge-9", ConnectionCode.WrongKey);
    }

    [Fact]
    public async Task Reading_keys_leaves_its_mark_in_the_audit_log()
    {
        var groups = _hub.Services.GetRequiredService<EnrollmentGroups>();
        await groups.PutAsync(_hub.Caller, "marked", new(), Ct);

        await groups.KeysAsync(_hub.Caller, "marked", Ct);
        await _hub.DeviceAsync("marked-1");

        await using var owner = await fixture.Database.OpenAsOwnerAsync(Ct);
        var marks = await owner.QueryAsync<string>(
            "select action || ' ' || target_id from audit where action like '%.show-keys'"
        );
        Assert.Contains("enrollment-group.show-keys marked", marks);
        Assert.Contains("device.show-keys marked-1", marks);
    }

    [Fact]
    public async Task A_rolled_group_key_is_refused_while_the_other_goes_on()
    {
        var groups = _hub.Services.GetRequiredService<EnrollmentGroups>();
        await groups.PutAsync(_hub.Caller, "rolled", new(), Ct);
        var keys = await groups.KeysAsync(_hub.Caller, "rolled", Ct);
        await groups.RollAsync(_hub.Caller, "rolled", primary: true, Ct);
        await using var old = await _hub.OpenAsync();
        await using var other = await _hub.OpenAsync();

        Assert.Equal(5, await old.ConnectAsync(Dps("r-1", DeviceKey.Derive(keys.Primary, "r-1"))));
        Assert.Equal(0, await other.ConnectAsync(Dps("r-1", DeviceKey.Derive(keys.Secondary, "r-1"))));
    }

    [Fact]
    public async Task Bad_bodies_are_told_and_do_not_end_the_connection()
    {
        await using var device = await OpenAsync("fridge-10", await GroupKeyAsync("fridge-10"));

        await device.PublishAsync("$dps/registrations/PUT/iotdps-register/?$rid=1", "{nonsense");
        var bad = await device.ReadAsync(MqttClient.Publish);
        await device.PublishAsync("$dps/registrations/PUT/iotdps-register/?$rid=2", Body("somebody-else"));
        var other = await device.ReadAsync(MqttClient.Publish);
        await device.PublishAsync("$dps/registrations/GET/iotdps-get-operationstatus/?$rid=3&operationId=4.a.b", " ");
        var unknown = await device.ReadAsync(MqttClient.Publish);

        Assert.Equal("$dps/registrations/res/400/?$rid=1", bad.Topic);
        Assert.Equal("$dps/registrations/res/400/?$rid=2", other.Topic);
        Assert.Equal("$dps/registrations/res/404/?$rid=3", unknown.Topic);
        Assert.Equal([400004, 400004, 404201], new[] { bad, other, unknown }.Select(CodeOf));
        Assert.True(JsonDocument.Parse(bad.Payload).RootElement.TryGetProperty("trackingId", out _));
        Assert.Equal("fridge-10", State(await RegisterAsync(device, "fridge-10")).GetProperty("deviceId").GetString());
    }

    [Fact]
    public async Task Two_that_register_the_same_id_at_once_are_one_device()
    {
        var key = await GroupKeyAsync("twin-1");
        var devices = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => OpenAsync("twin-1", key)));

        var answers = await Task.WhenAll(devices.Select(d => RegisterAsync(d, "twin-1")));

        Assert.Single(answers.Select(OperationOf).Distinct());
        foreach (var device in devices)
            await device.DisposeAsync();
    }

    private const string HubDps = "DPS over MQTT";

    private Login Dps(string id, string key) => Sign.Dps(_hub.Application.IdScope, id, key);

    private async Task<string> GroupKeyAsync(string id)
    {
        var groups = _hub.Services.GetRequiredService<EnrollmentGroups>();
        var keys = await groups.KeysAsync(_hub.Caller, EnrollmentGroup.DefaultId, Ct);
        return DeviceKey.Derive(keys.Primary, id);
    }

    private async Task<MqttClient> OpenAsync(string id, string key)
    {
        var client = await _hub.OpenAsync();
        Assert.Equal(0, await client.ConnectAsync(Dps(id, key)));
        Assert.Equal([1], await client.SubscribeAsync(1, (Filter, 1)));
        return client;
    }

    private static async Task<Packet> RegisterAsync(MqttClient device, string id)
    {
        await device.PublishAsync("$dps/registrations/PUT/iotdps-register/?$rid=1", Body(id));
        return await device.ReadAsync(MqttClient.Publish);
    }

    private static string Body(string id) => JsonSerializer.Serialize(new { registrationId = id });

    private static JsonElement State(Packet answer) =>
        JsonDocument.Parse(answer.Payload).RootElement.GetProperty("registrationState");

    private static string OperationOf(Packet answer) =>
        JsonDocument.Parse(answer.Payload).RootElement.GetProperty("operationId").GetString()!;

    private static int CodeOf(Packet answer) =>
        JsonDocument.Parse(answer.Payload).RootElement.GetProperty("errorCode").GetInt32();
}
