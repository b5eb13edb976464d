using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Api;

public sealed class PropertyApiTests(TestSite site) : IClassFixture<TestSite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cloud_properties_are_stored_and_echoed()
    {
        using var api = await WithFridgeAsync();

        var patched = await api.PatchAsync("devices/f1/properties", """{"storeManager":"Anna","maxTemperature":8}""");

        Assert.Equal(HttpStatusCode.Accepted, patched.Status);
        Assert.Equal("Anna", (string?)patched["storeManager"]);
        var all = await api.GetAsync("devices/f1/properties");
        Assert.Equal(8, (int)all["maxTemperature"]);
        await api.PatchAsync("devices/f1/properties", """{"storeManager":null}""");
        Assert.Null((await api.GetAsync("devices/f1/properties")).Body!["storeManager"]);
    }

    [Fact]
    public async Task A_writable_property_is_wanted_until_the_device_acknowledges_it()
    {
        using var api = await WithFridgeAsync();

        var patched = await api.PatchAsync("devices/f1/properties", """{"targetTemperature":5}""");
        await ReportAsync(api, """{"targetTemperature":{"value":5,"ac":200,"av":2,"ad":"done"}}""");
        var all = await api.GetAsync("devices/f1/properties");

        Assert.Equal(5, (int)patched["$metadata"]["targetTemperature"]!["desiredValue"]!);
        Assert.Null(patched.Body!["targetTemperature"]);
        Assert.Equal(5, (int)all["targetTemperature"]);
        var about = all["$metadata"]["targetTemperature"]!;
        Assert.Equal(
            (200, 2, "done"),
            ((int)about["ackCode"]!, (int)about["ackVersion"]!, (string?)about["ackDescription"])
        );
        Assert.Equal(2, (int)about["desiredVersion"]!);
        Assert.NotNull(about["lastUpdateTime"]);
    }

    [Fact]
    public async Task An_answer_without_a_value_is_no_value()
    {
        using var api = await WithFridgeAsync();
        await api.PatchAsync("devices/f1/properties", """{"targetTemperature":5}""");
        await ReportAsync(api, """{"targetTemperature":{"value":5,"ac":200,"av":2}}""");
        await api.PutAsync("devices/f1/properties", "{}");

        await ReportAsync(api, """{"targetTemperature":{"value":null,"ac":202,"av":3,"ad":"removing"}}""");
        var all = await api.GetAsync("devices/f1/properties");

        Assert.False(all.Body!.AsObject().ContainsKey("targetTemperature"), all.Body.ToJsonString());
        var about = all["$metadata"]["targetTemperature"]!;
        Assert.Equal((202, "removing"), ((int)about["ackCode"]!, (string?)about["ackDescription"]));
    }

    [Fact]
    public async Task Properties_of_a_component_are_nested_and_have_an_address_of_their_own()
    {
        using var api = await WithFridgeAsync();

        var patched = await api.PatchAsync("devices/f1/components/door/properties", """{"openLimit":30}""");
        await ReportAsync(api, """{"door":{"__t":"c","serial":"D-1"}}""");

        Assert.Equal(30, (int)patched["$metadata"]["openLimit"]!["desiredValue"]!);
        var whole = await api.GetAsync("devices/f1/properties");
        var door = await api.GetAsync("devices/f1/components/door/properties");
        Assert.Equal("D-1", (string?)whole["door"]["serial"]);
        Assert.Equal(whole["door"].ToJsonString(), door.Body!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"serialNumber":"x"}""", "serialNumber")] // the device's own
    [InlineData("""{"noSuch":1}""", "noSuch")]
    [InlineData("""{"targetTemperature":"warm"}""", "targetTemperature")]
    [InlineData("""{"door":{"noSuch":1}}""", "door.noSuch")]
    public async Task What_cannot_be_set_is_refused_by_name_and_nothing_is_set(string json, string target)
    {
        using var api = await WithFridgeAsync();
        var body = JsonNode.Parse(json)!.AsObject();
        body["storeManager"] = "Anna";

        var answer = await api.PatchAsync("devices/f1/properties", body.ToJsonString());

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "property.invalid"), (answer.Status, answer.Reason));
        Assert.Equal(target, (string?)Assert.Single(answer["error"]["details"]!.AsArray())!["target"]);
        Assert.Null((await api.GetAsync("devices/f1/properties")).Body!["storeManager"]);
    }

    [Fact]
    public async Task Put_makes_writable_and_cloud_properties_those_of_the_body_and_no_others()
    {
        using var api = await WithFridgeAsync();
        await api.PatchAsync(
            "devices/f1/properties",
            """{"targetTemperature":4,"storeManager":"Anna","maxTemperature":8,"door":{"openLimit":30}}"""
        );

        var put = await api.PutAsync("devices/f1/properties", """{"targetTemperature":5,"storeManager":"Berta"}""");
        var all = await api.GetAsync("devices/f1/properties");

        Assert.Equal(HttpStatusCode.Accepted, put.Status);
        Assert.Equal(5, (double)put["$metadata"]["targetTemperature"]!["desiredValue"]!);
        Assert.Equal("Berta", (string?)all["storeManager"]);
        Assert.Null(all.Body!["maxTemperature"]);
        Assert.Null(all.Body["door"]?["$metadata"]?["openLimit"]);
    }

    [Fact]
    public async Task Put_on_a_component_leaves_the_others_alone()
    {
        using var api = await WithFridgeAsync();
        await api.PatchAsync("devices/f1/properties", """{"targetTemperature":4,"door":{"openLimit":30}}""");

        await api.PutAsync("devices/f1/components/door/properties", "{}");
        var all = await api.GetAsync("devices/f1/properties");

        Assert.Null(all.Body!["door"]?["$metadata"]?["openLimit"]);
        Assert.Equal(4, (double)all["$metadata"]["targetTemperature"]!["desiredValue"]!);
    }

    [Fact]
    public async Task The_components_of_a_device_are_those_of_its_template()
    {
        using var api = await WithFridgeAsync();

        var components = (await api.GetAsync("devices/f1/components"))["value"].AsArray();

        Assert.Equal(["door"], components.Select(c => (string?)c!["name"]));
    }

    [Theory]
    [InlineData("1e300", 1e300)]
    [InlineData("-1.5E+300", -1.5e300)]
    [InlineData("100000000000000000000", 1e20)] // as JavaScript writes 1e20
    [InlineData("4503599627370497", 4503599627370497)]
    public async Task A_large_double_is_taken(string number, double value)
    {
        using var api = await WithFridgeAsync();
        var patch = $$"""{"maxTemperature":{{number}},"targetTemperature":{{number}}}""";

        var patched = await api.PatchAsync("devices/f1/properties", patch);

        Assert.Equal(HttpStatusCode.Accepted, patched.Status);
        var all = await api.GetAsync("devices/f1/properties");
        Assert.Equal(value, (double)all["maxTemperature"]);
        Assert.Equal(value, (double)all["$metadata"]["targetTemperature"]!["desiredValue"]!);
    }

    [Fact]
    public async Task A_whole_number_that_a_twin_cannot_hold_is_told_by_its_name()
    {
        using var api = await WithFridgeAsync();
        const string Patch = """{"settings":{"runs":4503599627370497}}""";

        var answer = await api.PatchAsync("devices/f1/properties", Patch);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "twin.invalid"), (answer.Status, answer.Reason));
        Assert.Equal(["settings.runs"], answer.Targets);
        Assert.Contains("settings.runs", (string?)answer["error"]["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_audit_says_what_the_patched_members_were_and_are()
    {
        using var api = await WithFridgeAsync();
        await api.PatchAsync("devices/f1/properties", """{"storeManager":"Anna","maxTemperature":8}""");
        await api.PatchAsync("devices/f1/properties", """{"storeManager":"Berta"}""");
        await api.PatchAsync("devices/f1/properties", """{"targetTemperature":5,"door":{"openLimit":30}}""");
        await api.PatchAsync("devices/f1/properties", """{"targetTemperature":null,"storeManager":null}""");

        var audits = await site.AuditsAsync(api.Application.TenantId, "f1", Ct);

        Assert.Equal(
            [
                ("device.cloud-properties", """{"storeManager":null,"maxTemperature":null}"""),
                ("device.cloud-properties", """{"storeManager":"Anna"}"""),
                ("device.desired-properties", """{"door":null,"targetTemperature":null}"""),
                ("device.properties", """{"cloud":{"storeManager":"Berta"},"desired":{"targetTemperature":5}}"""),
            ],
            audits.Skip(1).Select(a => (a.Action, Plain(a.Before!)))
        );
        Assert.Equal("""{"storeManager":"Berta"}""", Plain(audits[2].After!));
    }

    [Fact]
    public async Task What_is_too_large_for_the_twin_leaves_cloud_properties_as_they_were()
    {
        using var api = await WithFridgeAsync();
        var name = new string('x', 4_000);
        for (var i = 0; i < 8; i++)
            await DesireAsync(api, new() { [$"p{i}"] = name });
        await DesireAsync(api, new() { ["p8"] = new string('x', 720) });

        var answer = await api.PatchAsync(
            "devices/f1/properties",
            """{"storeManager":"Anna","targetTemperature":5,"door":{"openLimit":30}}"""
        );

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "twin.invalid"), (answer.Status, answer.Reason));
        Assert.Null((await api.GetAsync("devices/f1/properties")).Body!["storeManager"]);
    }

    [Fact]
    public async Task Both_kinds_of_properties_change_in_one_patch()
    {
        using var api = await WithFridgeAsync();

        var patched = await api.PatchAsync(
            "devices/f1/properties",
            """{"storeManager":"Anna","targetTemperature":5}"""
        );

        Assert.Equal("Anna", (string?)patched["storeManager"]);
        Assert.Equal(5, (int)patched["$metadata"]["targetTemperature"]!["desiredValue"]!);
    }

    [Fact]
    public async Task A_component_that_the_template_does_not_have_is_not_found()
    {
        using var api = await WithFridgeAsync();

        var silent = await api.GetAsync("devices/f1/components/door/properties");
        var unknown = await api.GetAsync("devices/f1/components/nosuch/properties");
        var telemetry = await api.GetAsync("devices/f1/components/nosuch/telemetry/x");

        Assert.Equal((HttpStatusCode.OK, "{}"), (silent.Status, silent.Body!.ToJsonString()));
        Assert.Equal((HttpStatusCode.NotFound, "device.no-component"), (unknown.Status, unknown.Reason));
        Assert.Equal((HttpStatusCode.NotFound, "device.no-component"), (telemetry.Status, telemetry.Reason));
    }

    [Fact]
    public async Task Of_a_device_without_a_template_anything_may_be_wanted()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/f1", "{}");

        var patched = await api.PatchAsync("devices/f1/properties", """{"speed":5,"limit":1}""");
        var inner = await api.PatchAsync("devices/f1/components/door/properties", """{"openLimit":30}""");
        await api.PutAsync("devices/f1/properties", """{"speed":6,"door":{"openLimit":30}}""");

        Assert.Equal(
            (HttpStatusCode.Accepted, HttpStatusCode.Accepted, 5),
            (patched.Status, inner.Status, (int)patched["$metadata"]["speed"]!["desiredValue"]!)
        );
        Assert.Equal("""{"door":{"__t":"c","openLimit":30},"speed":6}""", await WantedAsync(api));
    }

    [Fact]
    public async Task What_the_template_does_not_have_is_set_when_it_is_asked_for()
    {
        using var api = await WithFridgeAsync();
        const string Unmodeled = "devices/f1/properties?unmodeled=true&api-version=2022-10-31-preview";

        var patched = await api.PatchAsync(Unmodeled, """{"speed":5,"storeManager":"Anna","door":{"hinge":1}}""");
        var wrong = await api.PatchAsync(Unmodeled, """{"targetTemperature":"warm"}""");

        Assert.Equal(HttpStatusCode.Accepted, patched.Status);
        Assert.Equal(5, (int)patched["$metadata"]["speed"]!["desiredValue"]!);
        Assert.Equal("Anna", (string?)patched["storeManager"]);
        Assert.Equal("""{"door":{"__t":"c","hinge":1},"speed":5}""", await WantedAsync(api));
        Assert.Equal("property.invalid", wrong.Reason);
    }

    [Fact]
    public async Task Put_replaces_what_the_template_does_not_have_only_when_it_is_asked_for()
    {
        using var api = await WithFridgeAsync();
        await api.PatchAsync("devices/f1/properties?unmodeled=true", """{"speed":5,"targetTemperature":4}""");

        await api.PutAsync("devices/f1/properties", "{}");
        Assert.Equal("""{"speed":5}""", await WantedAsync(api));

        await api.PutAsync("devices/f1/properties?unmodeled=true", "{}");
        Assert.Equal("{}", await WantedAsync(api));
    }

    private async Task<string> WantedAsync(ApiClient api)
    {
        var system = Core.Access.Caller.System(api.Application.TenantId);
        var twin = await site.Services.GetRequiredService<TwinRegistry>().GetAsync(system, "f1", Ct);
        return twin.Desired.ToJsonString();
    }

    /// <summary>Without the spaces that PostgreSQL writes.</summary>
    private static string Plain(string json) => JsonNode.Parse(json)!.ToJsonString();

    private async Task<ApiClient> WithFridgeAsync()
    {
        var api = await ApiClient.OfAsync(site);
        Assert.Equal(
            HttpStatusCode.OK,
            (await api.PutAsync($"deviceTemplates/{Fridge.TemplateId}", Fridge.Template)).Status
        );
        await api.PutAsync("devices/f1", $$"""{"displayName":"Fridge 1","template":"{{Fridge.TemplateId}}"}""");
        return api;
    }

    private Task<Twin> DesireAsync(ApiClient api, JsonObject patch) =>
        site
            .Services.GetRequiredService<TwinRegistry>()
            .PatchDesiredAsync(Core.Access.Caller.System(api.Application.TenantId), "f1", patch, Ct);

    private async Task ReportAsync(ApiClient api, string json)
    {
        var devices = site.Services.GetRequiredService<Core.Devices.IDeviceStore>();
        var device = (await devices.FindAsync(api.Application.TenantId, "f1", Ct))!;
        var twins = site.Services.GetRequiredService<DeviceTwins>();
        var answer = await twins.ReportAsync(
            api.Application.TenantId,
            device.Key,
            Encoding.UTF8.GetBytes(json),
            null,
            Ct
        );
        Assert.Equal(204, answer.Status);
    }
}

/// <summary>A device template for tests.</summary>
internal static class Fridge
{
    public const string TemplateId = "dtmi:fresh:fridgeTemplate;1";

    /// <summary>With these members as well.</summary>
    public static string With(string members)
    {
        var template = JsonNode.Parse(Template)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(members)!.AsObject())
            template[name] = value?.DeepClone();
        return template.ToJsonString();
    }

    public const string Template = """
        {
          "@type": ["ModelDefinition", "DeviceModel"],
          "@context": ["dtmi:iotcentral:context;2", "dtmi:dtdl:context;2"],
          "displayName": "Fridge",
          "capabilityModel": {
            "@id": "dtmi:fresh:fridge;1",
            "@type": "Interface",
            "displayName": "Fridge",
            "contents": [
              { "@type": ["Telemetry", "Temperature"], "name": "temperature", "schema": "double", "unit": "degreeCelsius" },
              { "@type": "Property", "name": "serialNumber", "schema": "string" },
              { "@type": "Property", "name": "targetTemperature", "schema": "double", "writable": true },
              { "@type": ["Property", "Cloud", "StringValue"], "name": "storeManager", "schema": "string" },
              { "@type": ["Property", "Cloud", "NumberValue"], "name": "maxTemperature", "schema": "double" },
              {
                "@type": "Property", "name": "settings", "writable": true,
                "schema": { "@type": "Object", "fields": [{ "name": "runs", "schema": "long" }] }
              },
              {
                "@type": "Component",
                "name": "door",
                "schema": {
                  "@id": "dtmi:fresh:door;1",
                  "@type": "Interface",
                  "contents": [
                    { "@type": "Property", "name": "serial", "schema": "string" },
                    { "@type": "Property", "name": "openLimit", "schema": "integer", "writable": true }
                  ]
                }
              }
            ]
          }
        }
        """;
}
