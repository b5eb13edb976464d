using System.Text.Json.Nodes;
using IoTCentral.Core.Provisioning;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Sdk;

/// <summary>Microsoft's ProvisioningDeviceClient for Node over each of its transports, by key.</summary>
public sealed class ProvisioningSdkTests(SdkServer fixture) : IClassFixture<SdkServer>
{
    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task A_device_registers_with_its_own_key(string transport)
    {
        var id = $"{transport}-dps";
        await fixture.MakeAsync(id);

        var assigned = Assert.Single(await fixture.RegisterAsync(transport, await RegistrationAsync(id)));

        Assert.Equal(
            (fixture.Server.Address, id, "assigned"),
            ((string?)assigned["assignedHub"], (string?)assigned["deviceId"], (string?)assigned["status"])
        );
    }

    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task What_a_new_device_says_of_its_model_assigns_its_template(string transport)
    {
        await fixture.MakeTemplateAsync();
        var group = await GroupAsync($"{transport}-models", "true");
        var registration = OfGroup(group, $"{transport}-model");
        registration["payload"] = new JsonObject { ["modelId"] = SdkServer.ModelId };

        var assigned = Assert.Single(await fixture.RegisterAsync(transport, registration));

        Assert.Equal("assigned", (string?)assigned["status"]);
        var device = await fixture.GetAsync($"devices/{transport}-model");
        Assert.Equal(SdkServer.TemplateId, (string?)device["template"]);
    }

    [Theory]
    [MemberData(nameof(SdkServer.AllTransports), MemberType = typeof(SdkServer))]
    public async Task A_device_waits_until_somebody_approves_it(string transport)
    {
        var id = $"{transport}-waits";
        var registration = OfGroup(await GroupAsync($"{transport}-waiting", "false"), id);
        registration["cancelAfter"] = 3000; // between two polls there is nothing to cancel

        var registering = fixture.RegisterAsync(transport, registration);
        await ApproveAsync(id);
        var said = await registering;

        Assert.True((bool?)said[0]["cancelled"], said[0].ToJsonString());
        Assert.Equal("assigned", (string?)said[1]["status"]);
    }

    private async Task ApproveAsync(string id)
    {
        var ct = TestContext.Current.CancellationToken;
        while (true)
        {
            using var found = await fixture.Http.GetAsync(SdkServer.Address($"devices/{id}"), ct);
            if (found.IsSuccessStatusCode)
                break;
            await Task.Delay(200, ct);
        }

        await Task.Delay(TimeSpan.FromSeconds(4), ct); // so that it has cancelled by then
        Assert.False((bool)(await fixture.GetAsync($"devices/{id}"))["provisioned"]!);
        await fixture.SendAsync(HttpMethod.Patch, $"devices/{id}", """{"enabled":true}""");
    }

    private async Task<JsonObject> RegistrationAsync(string id) =>
        new()
        {
            ["scope"] = await fixture.ScopeAsync(),
            ["id"] = id,
            ["key"] = await fixture.KeyAsync($"devices/{id}/credentials"),
        };

    private Task<JsonNode> GroupAsync(string id, string autoApprove) =>
        fixture.SendAsync(
            HttpMethod.Put,
            $"enrollmentGroups/{id}",
            $$"""
            {"displayName":"{{id}}","type":"iot","autoApprove":{{autoApprove}},"attestation":{"type":"symmetricKey"} }
            """
        );

    private static JsonObject OfGroup(JsonNode group, string id) =>
        new()
        {
            ["scope"] = (string)group["idScope"]!,
            ["id"] = id,
            ["key"] = Sign.Mac((string)group["attestation"]!["symmetricKey"]!["primaryKey"]!, id),
        };
}
