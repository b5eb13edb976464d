using System.Net;
using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Api;

public sealed class DeviceApiTests(TestSite site) : IClassFixture<TestSite>
{
    [Fact]
    public async Task A_device_is_made_with_the_id_the_client_chose()
    {
        using var api = await ApiClient.OfAsync(site);

        var made = await api.PutAsync("devices/pump-1", """{"displayName":"Pump 1","simulated":false}""");

        Assert.Equal(HttpStatusCode.OK, made.Status);
        var expected =
            """{"id":"pump-1","displayName":"Pump 1","enabled":true,"provisioned":false,"simulated":false}""";
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(expected), Without(made.Body!, "etag")),
            made.Body!.ToJsonString()
        );
        Assert.Equal(made.Body.ToJsonString(), (await api.GetAsync("devices/pump-1")).Body!.ToJsonString());
    }

    [Fact]
    public async Task A_patch_changes_what_it_names()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/pump-1", """{"displayName":"Pump 1"}""");

        var changed = await api.PatchAsync("devices/pump-1", """{"enabled":false}""");

        Assert.Equal("Pump 1", (string?)changed["displayName"]);
        Assert.False((bool)changed["enabled"]);
    }

    [Fact]
    public async Task Null_makes_a_member_what_it_is_when_nothing_is_said_about_it()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/pump-1", """{"displayName":"Pump 1","enabled":false,"simulated":false}""");

        var changed = await api.PatchAsync(
            "devices/pump-1",
            """{"enabled":null,"simulated":null,"displayName":null,"organizations":null}"""
        );

        Assert.True((bool)changed["enabled"]);
        Assert.False((bool)changed["simulated"]);
        Assert.Equal("pump-1", (string?)changed["displayName"]);
    }

    [Theory]
    [InlineData("[]", HttpStatusCode.OK)]
    [InlineData("""["root"]""", HttpStatusCode.OK)]
    [InlineData("""["seattle"]""", HttpStatusCode.UnprocessableEntity)]
    [InlineData("""["root","seattle"]""", HttpStatusCode.UnprocessableEntity)]
    public async Task A_device_belongs_to_no_organization_but_the_root(string organizations, HttpStatusCode status)
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/pump-1", "{}");

        var put = await api.PutAsync("devices/pump-2", $$"""{"organizations":{{organizations}}}""");
        var patched = await api.PatchAsync("devices/pump-1", $$"""{"organizations":{{organizations}}}""");

        Assert.Equal((status, status), (put.Status, patched.Status));
        if (status != HttpStatusCode.OK)
            Assert.Equal(("device.invalid", "device.invalid"), (put.Reason, patched.Reason));
    }

    [Fact]
    public async Task A_simulated_device_needs_a_template()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/pump-1", "{}");

        var put = await api.PutAsync("devices/pump-2", """{"simulated":true}""");
        var patched = await api.PatchAsync("devices/pump-1", """{"simulated":true}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "device.invalid"), (put.Status, put.Reason));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "device.invalid"), (patched.Status, patched.Reason));
    }

    [Fact]
    public async Task A_device_that_has_connected_cannot_become_a_simulated_one()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync($"deviceTemplates/{Fridge.TemplateId}", Fridge.Template);
        var simulated = $$"""{"simulated":true,"template":"{{Fridge.TemplateId}}"}""";
        await api.PutAsync("devices/f1", "{}");
        await api.PutAsync("devices/f2", "{}");
        await ProvisionAsync(api, "f1");

        var patched = await api.PatchAsync("devices/f1", simulated);
        var put = await api.PutAsync("devices/f1", simulated);

        Assert.Equal((HttpStatusCode.Conflict, "device.provisioned"), (patched.Status, patched.Reason));
        Assert.Equal((HttpStatusCode.Conflict, "device.provisioned"), (put.Status, put.Reason));
        Assert.Equal(HttpStatusCode.OK, (await api.PatchAsync("devices/f2", simulated)).Status);
    }

    [Fact]
    public async Task Who_names_no_etag_writes_last_however_many_write_at_once()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/pump-1", "{}");
        const string group = "enrollmentGroups/SAS-IoT-Devices";

        for (var round = 0; round < 4; round++)
        {
            // each of three can be overtaken by the two others only
            var patches = Enumerable.Range(0, 3).Select(n => $$"""{"displayName":"Name {{round}} {{n}}"}""").ToList();
            var answers = await Task.WhenAll(
                patches
                    .Select(p => api.PatchAsync("devices/pump-1", p))
                    .Concat(patches.Select(p => api.PatchAsync(group, p)))
            );
            Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.Status));
            var puts = await Task.WhenAll(patches.Select(p => api.PutAsync("devices/pump-1", p)));
            Assert.All(puts, a => Assert.Equal(HttpStatusCode.OK, a.Status));
        }
    }

    [Theory]
    [InlineData("rev%2F1")]
    [InlineData("rev%2f1")]
    public async Task A_slash_in_an_id_is_told_as_what_it_is(string id)
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.PutAsync($"devices/{id}", "{}");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "device.invalid"), (answer.Status, answer.Reason));
        Assert.Contains("'/'", (string?)answer["error"]["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_body_that_is_not_there_is_told_in_our_words(string json)
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.PutAsync("devices/pump-1", json);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("The body must be a JSON object; there is none.", (string?)answer["error"]["message"]);
    }

    [Theory]
    [InlineData("AAAA")] // three NUL
    [InlineData("%00")]
    [InlineData("Ym05aWNtVmhhdw")] // one part where there are two
    [InlineData("QUFwQg")] // two parts, the first a NUL
    public async Task A_page_that_nobody_handed_out_is_a_bad_query(string token)
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.GetAsync($"devices?$skiptoken={token}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(answer.Reason, new[] { "api.query", "page.invalid" });
    }

    [Fact]
    public async Task A_stale_etag_is_refused_wherever_it_stands()
    {
        using var api = await ApiClient.OfAsync(site);
        var etag = (string)(await api.PutAsync("devices/pump-1", """{"displayName":"Pump 1"}"""))["etag"]!;
        await api.PatchAsync("devices/pump-1", """{"displayName":"Pump One"}""");

        var inBody = await api.PatchAsync("devices/pump-1", $$"""{"displayName":"P","etag":"{{etag}}"}""");
        var inHeader = await api.PutAsync("devices/pump-1", """{"displayName":"P"}""", ifMatch: $"\"{etag}\"");

        Assert.Equal((HttpStatusCode.PreconditionFailed, "PreconditionFailed"), (inBody.Status, inBody.Code));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "PreconditionFailed"), (inHeader.Status, inHeader.Code));
    }

    [Fact]
    public async Task The_etag_of_a_deleted_device_is_stale_for_the_next_one_of_its_id()
    {
        using var api = await ApiClient.OfAsync(site);
        var old = (string)(await api.PutAsync("devices/pump-1", """{"displayName":"Old"}"""))["etag"]!;
        await api.DeleteAsync("devices/pump-1");
        await api.PutAsync("devices/pump-1", """{"displayName":"New"}""");

        var answer = await api.PatchAsync("devices/pump-1", $$"""{"displayName":"P","etag":"{{old}}"}""");

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.Status);
    }

    [Fact]
    public async Task A_deleted_device_is_gone()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/pump-1", "{}");

        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync("devices/pump-1")).Status);

        Assert.Equal((HttpStatusCode.NotFound, "device.not-found"), await StatusAsync(api, "devices/pump-1"));
    }

    [Fact]
    public async Task What_is_wrong_with_a_device_is_said_field_by_field()
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.PutAsync("devices/no%20spaces", $$"""{"displayName":"{{new string('x', 200)}}"}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "device.invalid"), (answer.Status, answer.Reason));
        Assert.Equal(["id", "displayName"], answer.Targets);
    }

    [Fact]
    public async Task Credentials_are_those_that_registering_yields()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/pump-1", "{}");
        var group = await api.GetAsync("enrollmentGroups/SAS-IoT-Devices");
        var groupKey = (string)group["attestation"]["symmetricKey"]!["primaryKey"]!;

        var credentials = await api.GetAsync("devices/pump-1/credentials");

        Assert.Equal(api.Application.IdScope, (string?)credentials["idScope"]);
        Assert.Equal(
            Core.Provisioning.DeviceKey.Derive(groupKey, "pump-1"),
            (string?)credentials["symmetricKey"]["primaryKey"]
        );
    }

    [Fact]
    public async Task An_operator_may_not_delete_what_the_role_does_not_say()
    {
        using var admin = await ApiClient.OfAsync(site);
        using var reader = await ApiClient.OfAsync(site, admin.Application, Role.Operator);
        await admin.PutAsync("devices/pump-1", "{}");

        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync("devices/pump-1")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.DeleteAsync("deviceTemplates/dtmi:x:y;1")).Status);
    }

    private async Task ProvisionAsync(ApiClient api, string id)
    {
        var devices = site.Services.GetRequiredService<IDeviceStore>();
        var tenant = api.Application.TenantId;
        var key = (await devices.FindAsync(tenant, id, default))!.Key;
        var audit = Caller.System(tenant).Audit("device.provision", id);
        await devices.ProvisionAsync(tenant, key, null, audit, default);
    }

    private static async Task<(HttpStatusCode, string?)> StatusAsync(ApiClient api, string path)
    {
        var answer = await api.GetAsync(path);
        return (answer.Status, answer.Reason);
    }

    private static JsonNode Without(JsonNode node, string name)
    {
        var copy = node.DeepClone().AsObject();
        copy.Remove(name);
        return copy;
    }
}
