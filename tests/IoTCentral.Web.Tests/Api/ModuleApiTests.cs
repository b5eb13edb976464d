using System.Net;
using System.Text;
using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;

namespace IoTCentral.Web.Tests.Api;

/// <summary>Modules of devices: made, listed, deleted, and in the module scopes of properties, commands and telemetry.</summary>
public sealed class ModuleApiTests(TestSite site) : IClassFixture<TestSite>
{
    private const string Module = "devices/gate/modules/filter";

    [Fact]
    public async Task A_module_is_made_with_keys_listed_and_deleted()
    {
        using var api = await GateAsync();
        await api.PutAsync("devices/gate/modules/$edgeHub", "{}");

        var list = await api.GetAsync("devices/gate/modules");
        var credentials = await api.GetAsync($"{Module}/credentials");
        var deleted = await api.DeleteAsync(Module);

        var only = Assert.Single(list["value"].AsArray())!;
        Assert.Equal("filter", (string?)only["name"]);
        Assert.Equal(["Relationship", "EdgeModule"], only["@type"]!.AsArray().Select(t => (string?)t));
        var key = (string)credentials["symmetricKey"]["primaryKey"]!;
        Assert.True(DeviceKey.IsLegal(key));
        Assert.EndsWith(
            $";DeviceId=gate;ModuleId=filter;SharedAccessKey={key}",
            (string?)credentials["connectionString"]
        );
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Equal("module.not-found", (await api.GetAsync(Module)).Reason);
        Assert.Equal("module.not-found", (await api.GetAsync($"{Module}/properties")).Reason);
    }

    [Fact]
    public async Task A_modules_properties_are_its_own()
    {
        using var api = await GateAsync();

        var patched = await api.PatchAsync($"{Module}/properties", """{"interval":5}""");
        await api.PatchAsync($"{Module}/components/pump/properties", """{"speed":7}""");
        var ofModule = await api.GetAsync($"{Module}/properties");
        var ofDevice = await api.GetAsync("devices/gate/properties");
        var components = await api.GetAsync($"{Module}/components");

        Assert.Equal(HttpStatusCode.Accepted, patched.Status);
        Assert.Equal(5, (int)ofModule["$metadata"]["interval"]!["desiredValue"]!);
        Assert.Equal(7, (int)ofModule["pump"]["$metadata"]!["speed"]!["desiredValue"]!);
        Assert.Empty(ofDevice["$metadata"].AsObject());
        Assert.Equal("pump", (string?)Assert.Single(components["value"].AsArray())!["name"]);
        await api.PutAsync($"{Module}/properties", """{"mode":"eco"}""");
        var replaced = await api.GetAsync($"{Module}/properties");
        Assert.Equal(["mode"], replaced["$metadata"].AsObject().Select(p => p.Key));
        Assert.Null(replaced.Body!["pump"]);
    }

    [Fact]
    public async Task A_modules_command_is_called_on_the_module_and_kept()
    {
        using var api = await GateAsync();
        MethodCall? called = null;
        site.Link.Answer = call =>
        {
            called = call;
            return new(MethodOutcome.Answered, 200, "1"u8.ToArray());
        };

        var answer = await api.PostAsync($"{Module}/components/pump/commands/stop", """{"request":2}""");
        var history = await api.GetAsync($"{Module}/components/pump/commands/stop");
        var ofDevice = await api.GetAsync("devices/gate/components/pump/commands/stop");

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal(("pump*stop", "2"), (called!.Name, Encoding.UTF8.GetString(called.Payload.Span)));
        Assert.Single(history["value"].AsArray());
        Assert.Empty(ofDevice["value"].AsArray());
    }

    [Fact]
    public async Task What_cannot_be_is_refused()
    {
        using var api = await GateAsync();

        Assert.Equal("module.id-taken", (await api.PutAsync(Module, "{}")).Reason);
        Assert.Equal("device.not-found", (await api.PutAsync("devices/nobody/modules/m", "{}")).Reason);
        Assert.Equal("module.invalid", (await api.PutAsync("devices/gate/modules/a%20b", "{}")).Reason);
        Assert.Equal("telemetry.no-value", (await api.GetAsync($"{Module}/telemetry/t")).Reason);
        Assert.Equal("module.not-found", (await api.GetAsync("devices/gate/modules/other/telemetry/t")).Reason);
        for (var i = 1; i < DeviceModules.Most; i++)
            await api.PutAsync($"devices/gate/modules/m{i}", "{}");
        Assert.Equal("module.too-many", (await api.PutAsync("devices/gate/modules/last", "{}")).Reason);
        using var reader = await ApiClient.OfAsync(site, api.Application, Role.Operator);
        Assert.Equal(HttpStatusCode.Forbidden, (await reader.PutAsync("devices/gate/modules/x", "{}")).Status);
    }

    [Fact]
    public async Task A_device_takes_its_modules_along_when_it_is_deleted()
    {
        using var api = await GateAsync();
        await api.PatchAsync($"{Module}/properties", """{"interval":5}""");
        await api.DeleteAsync("devices/gate");

        await api.PutAsync("devices/gate", "{}");

        Assert.Empty((await api.GetAsync("devices/gate/modules"))["value"].AsArray());
        await api.PutAsync(Module, "{}");
        Assert.Empty((await api.GetAsync($"{Module}/properties"))["$metadata"].AsObject());
    }

    private async Task<ApiClient> GateAsync()
    {
        var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/gate", "{}");
        Assert.Equal(HttpStatusCode.OK, (await api.PutAsync(Module, "{}")).Status);
        return api;
    }
}
