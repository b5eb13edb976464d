using System.Net;

namespace IoTCentral.Web.Tests.Api;

/// <summary>Gateways and what is behind them, by the REST API.</summary>
public sealed class RelationshipApiTests(TestSite site) : IClassFixture<TestSite>
{
    [Fact]
    public async Task A_device_is_put_behind_a_gateway_and_both_say_so()
    {
        using var api = await OfThreeAsync();

        var put = await api.PutAsync("devices/gate/relationships/r1", """{"source":"gate","target":"leaf"}""");

        Assert.Equal(HttpStatusCode.OK, put.Status);
        foreach (var id in new[] { "gate", "leaf" })
        {
            var only = Assert.Single((await api.GetAsync($"devices/{id}/relationships"))["value"].AsArray())!;
            Assert.Equal(
                ("r1", "gate", "leaf"),
                ((string?)only["id"], (string?)only["source"], (string?)only["target"])
            );
        }

        Assert.Equal(HttpStatusCode.NoContent, (await api.DeleteAsync("devices/leaf/relationships/r1")).Status);
        Assert.Equal("relationship.not-found", (await api.GetAsync("devices/gate/relationships/r1")).Reason);
    }

    [Fact]
    public async Task The_device_behind_can_be_another_one_afterwards()
    {
        using var api = await OfThreeAsync();
        await api.PutAsync("devices/gate/relationships/r1", """{"target":"leaf"}""");

        var patched = await api.PatchAsync("devices/gate/relationships/r1", """{"target":"other"}""");

        Assert.Equal("other", (string?)patched["target"]);
        Assert.Empty((await api.GetAsync("devices/leaf/relationships"))["value"].AsArray());
    }

    [Theory]
    [InlineData("nobody", "device.not-found")]
    [InlineData("taken", "relationship.has-gateway")]
    [InlineData("above", "relationship.circle")]
    public async Task A_change_that_is_refused_leaves_the_relationship_as_it_is(string target, string reason)
    {
        using var api = await OfThreeAsync();
        foreach (var id in new[] { "above", "taken" })
            await api.PutAsync($"devices/{id}", "{}");
        await api.PutAsync("devices/above/relationships/r0", """{"target":"gate"}""");
        await api.PutAsync("devices/gate/relationships/r1", """{"target":"leaf"}""");
        await api.PutAsync("devices/other/relationships/r2", """{"target":"taken"}""");

        var patched = await api.PatchAsync("devices/gate/relationships/r1", $$"""{"target":"{{target}}"}""");

        Assert.Equal(reason, patched.Reason);
        Assert.Equal("leaf", (string?)(await api.GetAsync("devices/gate/relationships/r1"))["target"]);
    }

    [Fact]
    public async Task A_device_has_one_gateway_and_is_not_behind_itself()
    {
        using var api = await OfThreeAsync();
        await api.PutAsync("devices/gate/relationships/r1", """{"target":"leaf"}""");

        Assert.Equal(
            "relationship.has-gateway",
            (await api.PutAsync("devices/other/relationships/r2", """{"target":"leaf"}""")).Reason
        );
        await api.PutAsync("devices/leaf/relationships/r3", """{"target":"other"}""");
        Assert.Equal(
            "relationship.circle",
            (await api.PutAsync("devices/other/relationships/r4", """{"target":"gate"}""")).Reason
        );
        foreach (
            var (path, body) in new[]
            {
                ("devices/gate/relationships/r5", """{"target":"gate"}"""),
                ("devices/gate/relationships/r5", "{}"),
                ("devices/gate/relationships/r5", """{"source":"leaf","target":"other"}"""),
                ("devices/gate/relationships/a.b", """{"target":"other"}"""),
            }
        )
            Assert.Equal("relationship.invalid", (await api.PutAsync(path, body)).Reason);
        Assert.Equal(
            "device.not-found",
            (await api.PutAsync("devices/gate/relationships/r5", """{"target":"nobody"}""")).Reason
        );
    }

    [Fact]
    public async Task A_deleted_gateway_lets_its_devices_go()
    {
        using var api = await OfThreeAsync();
        await api.PutAsync("devices/gate/relationships/r1", """{"target":"leaf"}""");

        await api.DeleteAsync("devices/gate");

        Assert.Empty((await api.GetAsync("devices/leaf/relationships"))["value"].AsArray());
    }

    private async Task<ApiClient> OfThreeAsync()
    {
        var api = await ApiClient.OfAsync(site);
        foreach (var id in new[] { "gate", "leaf", "other" })
            await api.PutAsync($"devices/{id}", "{}");
        return api;
    }
}
