using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;

namespace IoTCentral.Hub.Tests.Devices;

public sealed class SignInTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("raw")]
    [InlineData("upper")]
    [InlineData("lower")]
    public async Task A_token_is_good_however_its_resource_is_spelled(string spelling)
    {
        var device = await _hub.DeviceAsync($"spelled-{spelling}");
        var token = Sign.Token(
            $"hub.example.com/devices/{device.DeviceId}",
            device.Keys.Secondary,
            encode: spelling switch
            {
                "raw" => s => s,
                "upper" => Uri.EscapeDataString,
                _ => s => Uri.EscapeDataString(s).Replace("%2F", "%2f", StringComparison.Ordinal),
            }
        );

        Assert.Equal(0, await CodeAsync(Sign.Hub(device) with { Password = token }));
    }

    [Theory]
    [InlineData("HUB.Example.com")]
    [InlineData("hub.example.com:8883")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:8883")]
    [InlineData("localhost")]
    public async Task Any_name_of_this_hub_will_do_port_and_case_aside(string host)
    {
        var device = await _hub.DeviceAsync("named");

        Assert.Equal(0, await CodeAsync(Sign.Hub(device, host)));
    }

    [Theory]
    [InlineData("sr={0}&sig={1}&se={2}&skn=")]
    [InlineData("sig={1}&se={2}&sr={0}")]
    [InlineData("se={2}&skn=device&sr={0}&sig={1}")]
    public async Task Fields_of_a_token_come_in_any_order(string format)
    {
        var device = await _hub.DeviceAsync("ordered");
        var resource = "hub.example.com%2fdevices%2fordered";
        var mac = Uri.EscapeDataString(Sign.Mac(device.Keys.Primary, $"{resource}\n4102444800"));
        var fields = string.Format(null, format, resource, mac, "4102444800");

        Assert.Equal(0, await CodeAsync(Sign.Hub(device) with { Password = $"SharedAccessSignature {fields}" }));
    }

    [Fact]
    public async Task A_user_name_without_its_tail_is_accepted()
    {
        var device = await _hub.DeviceAsync("short");

        Assert.Equal(0, await CodeAsync(Sign.Hub(device) with { UserName = "hub.example.com/short" }));
    }

    [Fact]
    public async Task The_wrong_key_is_refused_and_told_in_the_devices_log()
    {
        var device = await _hub.DeviceAsync("wrong-key");
        var wrong = device with { OwnKeys = KeyPair.New() };

        Assert.Equal(5, await CodeAsync(Sign.Hub(wrong)));
        var line = await _hub.LineAsync("wrong-key", ConnectionCode.WrongKey);

        Assert.Equal((ConnectionEvent.Refused, "127.0.0.1", "MQTT"), (line.Kind, line.Address, line.Protocol));
    }

    [Fact]
    public async Task An_expired_token_is_refused_and_the_second_one_shows_that_the_clock_is_off()
    {
        var device = await _hub.DeviceAsync("late");
        var now = TimeProvider.System.GetUtcNow();

        Assert.Equal(5, await CodeAsync(Sign.Hub(device, until: now.AddHours(-2))));
        var expired = await _hub.LineAsync("late", ConnectionCode.Expired);
        Assert.Equal(5, await CodeAsync(Sign.Hub(device, until: now.AddHours(-2).AddSeconds(7))));
        var clock = await _hub.LineAsync("late", ConnectionCode.ClockOff);

        Assert.Contains("ended 2 hours ago", expired.Detail, StringComparison.Ordinal);
        Assert.Contains("clock is about 3 hours slow", clock.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_line_says_by_which_key_and_with_what_program_it_came(bool isPrimary)
    {
        var id = isPrimary ? "which-1" : "which-2";
        var device = await _hub.DeviceAsync(id);
        var key = isPrimary ? device.Keys.Primary : device.Keys.Secondary;
        await using var client = await _hub.OpenAsync();
        var login = Sign.Hub(device with { OwnKeys = device.Keys with { Primary = key } });

        var program = Uri.EscapeDataString("lamp-sdk/2.1 (Linux; x64)");
        var userName = login.UserName.Replace("Type=test", $"Type={program}", StringComparison.Ordinal);

        Assert.Equal(0, await client.ConnectAsync(login with { UserName = userName }));

        var line = await _hub.LineAsync(id, ConnectionCode.Connected);
        Assert.Equal(("MQTT", "lamp-sdk/2.1"), (line.Protocol, line.Client));
        var which = isPrimary ? "primary" : "secondary";
        Assert.Matches($"^the key derived from the {which} key of the group '.+'$", line.Proof);
    }

    [Fact]
    public async Task A_refusal_says_by_which_door_and_with_what_program_it_came()
    {
        await _hub.DeviceAsync("which-3");
        using var http = new HttpClient(
#pragma warning disable MA0039 // whom it trusts is another test's business
            new HttpClientHandler
            {
                ServerCertificateCustomValidationCallback =
                    HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
            }
#pragma warning restore MA0039
        );
        http.DefaultRequestHeaders.UserAgent.ParseAdd("lamp-http/3.0 (x)");
        var wrong = Sign.Token("127.0.0.1/devices/which-3", Convert.ToBase64String(new byte[32]));
        http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", wrong);

        using var answer = await http.PostAsync(
            new Uri($"https://127.0.0.1:{_hub.HttpsPort}/devices/which-3/messages/events?api-version=2021-04-12"),
            new ByteArrayContent([]),
            TestContext.Current.CancellationToken
        );

        var line = await _hub.LineAsync("which-3", ConnectionCode.WrongKey);
        Assert.Equal(("HTTPS", "a token", "lamp-http/3.0"), (line.Protocol, line.Proof, line.Client));
    }

    [Fact]
    public async Task A_token_that_has_just_ended_is_told_in_seconds_and_no_clock_is_blamed()
    {
        var device = await _hub.DeviceAsync("just-late");

        Assert.Equal(5, await CodeAsync(Sign.Hub(device, until: TimeProvider.System.GetUtcNow().AddSeconds(-10))));

        var line = await _hub.LineAsync("just-late", ConnectionCode.Expired);
        Assert.Matches("^Its token ended 1[0-9] seconds ago", line.Detail);
        Assert.DoesNotContain("clock", line.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_for_another_host_is_refused_with_the_name_it_has()
    {
        var device = await _hub.DeviceAsync("moved");

        Assert.Equal(5, await CodeAsync(Sign.Hub(device, "old.azure-devices.net")));

        var line = await _hub.LineAsync("moved", ConnectionCode.SignedForOtherHost);
        Assert.Contains("old.azure-devices.net", line.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hub.example.com/devices/other")]
    [InlineData("hub.example.com/devices/own/deeper")]
    [InlineData("hub.example.com/devices/ow")]
    [InlineData("hub.example.com/devices/OWN")]
    public async Task A_token_for_another_resource_is_refused(string resource)
    {
        var device = await _hub.DeviceAsync("own");
        var token = Sign.Token(resource, device.Keys.Primary);

        Assert.Equal(5, await CodeAsync(Sign.Hub(device) with { Password = token }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("SharedAccessSignature sr=a&sig=b")]
    [InlineData("SharedAccessSignature sr=a&sig=%%%&se=1")]
    [InlineData("SharedAccessSignature sr=a&sig=AAAA&se=99999999999999999999")]
    public async Task What_is_no_token_is_refused(string password)
    {
        var device = await _hub.DeviceAsync("no-token");

        Assert.Equal(5, await CodeAsync(Sign.Hub(device) with { Password = password }));
        await _hub.LineAsync("no-token", ConnectionCode.BadToken);
    }

    [Fact]
    public async Task An_unknown_device_is_answered_like_a_wrong_key_and_belongs_to_nobody()
    {
        var device = await _hub.DeviceAsync("known");

        Assert.Equal(5, await CodeAsync(Sign.Hub(device with { Facts = device.Facts with { DeviceId = "unknown" } })));

        Assert.Equal("unknown", (await _hub.AttemptAsync(ConnectionCode.UnknownDevice)).DeviceId);
    }

    [Fact]
    public async Task A_blocked_device_is_refused_and_an_unblocked_one_is_not()
    {
        var device = await _hub.DeviceAsync("blocked");
        await _hub.Devices.BlockAsync(_hub.Caller, "blocked", Ct);
        Assert.Equal(5, await CodeAsync(Sign.Hub(device)));
        await _hub.LineAsync("blocked", ConnectionCode.Blocked);

        await _hub.Devices.UnblockAsync(_hub.Caller, "blocked", Ct);

        Assert.Equal(0, await CodeAsync(Sign.Hub(device)));
    }

    [Fact]
    public async Task Connecting_provisions_a_device_and_keeps_the_model_it_announces()
    {
        var device = await _hub.DeviceAsync("first");
        var login = Sign.Hub(device) with
        {
            UserName = "hub.example.com/first/?api-version=2020-09-30&model-id=dtmi%3acom%3aexample%3aPump%3b1",
        };

        Assert.Equal(0, await CodeAsync(login));

        var stored = await _hub.Devices.GetAsync(_hub.Caller, "first", Ct);
        Assert.Equal(ProvisioningStatus.Provisioned, stored.Status);
        Assert.Equal("dtmi:com:example:Pump;1", stored.AnnouncedModelId);
    }

    [Fact]
    public async Task Devices_of_the_same_id_in_two_applications_are_told_apart_by_their_keys()
    {
        var second = await _hub.NewApplicationAsync("Second");
        var mine = await _hub.DeviceAsync("namesake");
        var yours = await _hub.DeviceAsync("namesake", second);

        await using var a = await _hub.ConnectAsync(mine);
        await using var b = await _hub.ConnectAsync(yours);
        await a.PublishAsync("devices/namesake/messages/events/", """{"of":1}""", packetId: 1);
        await b.PublishAsync("devices/namesake/messages/events/", """{"of":2}""", packetId: 1);
        await a.ReadAsync(MqttClient.PubAck);
        await b.ReadAsync(MqttClient.PubAck);

        var message = Assert.Single(await _hub.StoredAsync("namesake"));
        Assert.Equal("""{"of":1}""", System.Text.Encoding.UTF8.GetString(message.Body));
    }

    [Fact]
    public async Task Of_two_equal_credentials_the_one_assigned_last_is_meant()
    {
        const string key = "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==";
        var first = await _hub.NewApplicationAsync("Equal 1", key);
        var second = await _hub.NewApplicationAsync("Equal 2", key);
        var device = await _hub.DeviceAsync("equal", first);
        await _hub.DeviceAsync("equal", second);

        await using var before = await _hub.ConnectAsync(device);
        await _hub.LineAsync("equal", ConnectionCode.Connected, second);
        await using var dps = await _hub.OpenAsync();
        await dps.ConnectAsync(Sign.Dps(first.IdScope, "equal", device.Keys.Primary));
        await dps.PublishAsync(
            "$dps/registrations/PUT/iotdps-register/?$rid=1",
            """{"registrationId":"equal"}""",
            packetId: 1
        );
        await dps.ReadAsync(MqttClient.PubAck);
        await using var after = await _hub.ConnectAsync(device);

        await _hub.LineAsync("equal", ConnectionCode.Connected, first);
    }

    [Fact]
    public async Task A_client_id_that_is_not_the_user_names_is_refused()
    {
        var device = await _hub.DeviceAsync("me");

        Assert.Equal(5, await CodeAsync(Sign.Hub(device) with { ClientId = "you" }));
    }

    private async Task<int> CodeAsync(Login login)
    {
        await using var client = await _hub.OpenAsync();
        return await client.ConnectAsync(login);
    }
}
