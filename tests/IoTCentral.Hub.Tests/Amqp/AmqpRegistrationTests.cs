using System.Text.Json.Nodes;
using Amqp;
using Amqp.Framing;
using IoTCentral.Core.Devices;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Amqp;

/// <summary>Registering over AMQP, as the contract's §3.3 has it.</summary>
public sealed class AmqpRegistrationTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    [Fact]
    public async Task A_device_registers_and_is_told_its_hub()
    {
        var (client, asks, answers) = await OpenAsync("reg-1");
        await using var _ = client;

        var registered = await AskAsync(
            asks,
            answers,
            "iotdps-register",
            """{"registrationId":"reg-1","payload":{"modelId":"dtmi:test:Pump;1"}}"""
        );
        var again = await AskAsync(asks, answers, "iotdps-get-operationstatus", "", (string)registered["operationId"]!);

        Assert.Equal("assigned", (string)registered["status"]!);
        Assert.Equal("reg-1", (string)registered["registrationState"]!["deviceId"]!);
        Assert.Equal("hub.example.com", (string)again["registrationState"]!["assignedHub"]!);
        Assert.Equal("DPS over AMQP", (await _hub.LineAsync("reg-1", ConnectionCode.Provisioned)).Protocol);
    }

    [Theory]
    [InlineData("iotdps-register", "no json")]
    [InlineData("iotdps-register", """{"registrationId":"another"}""")]
    [InlineData("iotdps-unknown", "{}")]
    public async Task What_cannot_be_asked_is_refused_with_the_JSON_that_SDKs_read(string operation, string body)
    {
        var (client, asks, answers) = await OpenAsync("reg-2");
        await using var _ = client;

        var refused = await Assert.ThrowsAsync<AmqpException>(() => AskAsync(asks, answers, operation, body));

        Assert.Equal(400004, (int)JsonNode.Parse(refused.Error.Description)!["errorCode"]!);
    }

    [Fact]
    public async Task A_key_that_is_not_the_groups_is_refused_and_logged()
    {
        var scope = _hub.Application.IdScope;
        var login = Sign.Dps(scope, "reg-3", Convert.ToBase64String(new byte[32]));

        await Assert.ThrowsAnyAsync<Exception>(() =>
            AmqpClient.OpenAsync(_hub, $"{scope}/registrations/reg-3", login.Password)
        );

        await _hub.LineAsync("reg-3", ConnectionCode.WrongKey);
    }

    [Fact]
    public async Task Whoever_registers_reaches_no_other_registration_and_no_device()
    {
        var (client, _, _) = await OpenAsync("reg-4");
        await using var __ = client;

        var other = $"{_hub.Application.IdScope}/registrations/reg-5";
        var told = await Assert.ThrowsAsync<AmqpException>(() => client.SenderAsync(other));
        Assert.Contains(
            $"signed in as '{_hub.Application.IdScope}/registrations/reg-4', so it may not register '{other}'. Sign in",
            told.Error.Description,
            StringComparison.Ordinal
        );
        foreach (var address in new[] { other, "/devices/reg-4/twin" })
        {
            var refused = await Assert.ThrowsAsync<AmqpException>(() => client.SenderAsync(address));
            Assert.Equal("amqp:unauthorized-access", refused.Error.Condition.ToString());
        }
    }

    [Fact]
    public async Task Links_that_are_attached_twice_both_ask_and_the_newer_one_is_answered()
    {
        var (client, asks, answers) = await OpenAsync("reg-6");
        await using var _ = client;
        var address = $"{_hub.Application.IdScope}/registrations/reg-6";
        var newer = await client.ReceiverAsync(address);
        var asksToo = await client.SenderAsync(address);

        var first = await AskAsync(asks, newer, "iotdps-register", Body("reg-6"));
        var second = await AskAsync(asksToo, newer, "iotdps-register", Body("reg-6"));
        await newer.CloseAsync();
        var third = await AskAsync(asksToo, answers, "iotdps-register", Body("reg-6"));

        Assert.All([first, second, third], answer => Assert.Equal("assigned", (string)answer["status"]!));
    }

    [Fact]
    public async Task Who_asks_on_a_second_session_is_answered_there_and_the_first_one_goes_on()
    {
        var (client, asks, answers) = await OpenAsync("reg-7");
        await using var _ = client;
        var address = $"{_hub.Application.IdScope}/registrations/reg-7";
        client.BeginAnother();
        var answersThere = await client.ReceiverAsync(address);
        var asksThere = await client.SenderAsync(address);

        var here = await AskAsync(asks, answers, "iotdps-register", Body("reg-7"));
        var there = await AskAsync(asksThere, answersThere, "iotdps-register", Body("reg-7"));

        Assert.Equal(("assigned", "assigned"), ((string)here["status"]!, (string)there["status"]!));
    }

    private static string Body(string id) => $$"""{"registrationId":"{{id}}"}""";

    private async Task<(AmqpClient Client, SenderLink Asks, ReceiverLink Answers)> OpenAsync(string id)
    {
        var scope = _hub.Application.IdScope;
        var credentials = await _hub.DeviceAsync(id);
        var login = Sign.Dps(scope, id, credentials.Keys.Primary);
        var client = await AmqpClient.OpenAsync(_hub, $"{scope}/registrations/{id}", login.Password);
        var address = $"{scope}/registrations/{id}";
        var answers = await client.ReceiverAsync(address);
        return (client, await client.SenderAsync(address), answers);
    }

    internal static async Task<JsonNode> AskAsync(
        SenderLink asks,
        ReceiverLink answers,
        string operation,
        string body,
        string? operationId = null
    )
    {
        var id = Guid.CreateVersion7().ToString();
        await AmqpClient.SendAsync(
            asks,
            body,
            m =>
            {
                m.Properties = new Properties { CorrelationId = id };
                m.ApplicationProperties = new ApplicationProperties
                {
                    ["iotdps-operation-type"] = operation,
                    ["iotdps-forceRegistration"] = false,
                };
                if (operationId is not null)
                    m.ApplicationProperties["iotdps-operation-id"] = operationId;
            }
        );
        var answer = await AmqpClient.ReadAsync(answers);
        Assert.Equal(id, answer.Properties.CorrelationId);
        return JsonNode.Parse(AmqpClient.TextOf(answer))!;
    }
}
