using System.Net;
using System.Text.Json.Nodes;
using IoTCentral.Core.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Api;

/// <summary>Every address of the API with a thing of another application answers as for a thing that is nowhere.</summary>
public sealed class CrossTenantTests(TestSite site) : IClassFixture<TestSite>
{
    /// <summary>Bodies that would succeed on a thing of one's own.</summary>
    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["devices"] = """{"displayName":"Stolen"}""",
        ["deviceTemplates"] = """{"displayName":"Stolen"}""",
        ["enrollmentGroups"] = """{"displayName":"Stolen"}""",
    };

    [Fact]
    public async Task A_foreign_id_answers_as_an_unknown_one_on_every_route_for_every_role()
    {
        using var owner = await OwnerAsync();
        var before = await StateAsync(owner);
        foreach (var role in Role.BuiltIn)
        {
            using var stranger = await ApiClient.OfAsync(site, role);
            foreach (var (method, path) in Routes())
            {
                var foreign = await stranger.SendAsync(method, Fill(path, foreign: true), BodyOf(path, method));
                var unknown = await stranger.SendAsync(method, Fill(path, foreign: false), BodyOf(path, method));

                Assert.True(
                    foreign.Status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden,
                    $"{role.Name} {method} {path}: {foreign.Status}"
                );
                Assert.Equal(
                    (unknown.Status, unknown.Code, unknown.Reason),
                    (foreign.Status, foreign.Code, foreign.Reason)
                );
            }
        }

        Assert.Equal(before, await StateAsync(owner));
    }

    [Fact]
    public async Task A_foreign_id_put_is_a_thing_of_ones_own()
    {
        using var owner = await OwnerAsync();
        using var stranger = await ApiClient.OfAsync(site);

        var mine = await stranger.PutAsync("devices/theirs", """{"displayName":"Mine"}""");

        Assert.Equal("Mine", (string?)mine["displayName"]);
        Assert.Equal("Theirs", (string?)(await owner.GetAsync("devices/theirs"))["displayName"]);
    }

    [Fact]
    public async Task Lists_show_ones_own_only()
    {
        using var owner = await OwnerAsync();
        using var stranger = await ApiClient.OfAsync(site);

        Assert.Empty((await stranger.GetAsync("devices"))["value"].AsArray());
        Assert.Empty((await stranger.GetAsync("deviceTemplates"))["value"].AsArray());
        Assert.Single((await stranger.GetAsync("enrollmentGroups"))["value"].AsArray());
    }

    private async Task<ApiClient> OwnerAsync()
    {
        var owner = await ApiClient.OfAsync(site);
        await owner.PutAsync($"deviceTemplates/{Fridge.TemplateId}", Fridge.Template);
        await owner.PutAsync("devices/theirs", $$"""{"displayName":"Theirs","template":"{{Fridge.TemplateId}}"}""");
        await owner.PutAsync("enrollmentGroups/theirs", """{"displayName":"Theirs"}""");
        return owner;
    }

    private static async Task<string> StateAsync(ApiClient owner)
    {
        var texts = new List<string>();
        foreach (var path in new[] { "devices", "deviceTemplates", "enrollmentGroups", "devices/theirs/properties" })
            texts.Add((await owner.GetAsync(path)).Body!.ToJsonString());
        return string.Join('\n', texts);
    }

    /// <summary>All that have an id in their address and are not made by asking (PUT).</summary>
    private IEnumerable<(HttpMethod Method, string Path)> Routes() =>
        from endpoint in site.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let path = $"/{endpoint.RoutePattern.RawText?.TrimStart('/')}"
        where path.StartsWith("/api/", StringComparison.Ordinal) && path.Contains("{id}", StringComparison.Ordinal)
        where !path.StartsWith("/api/roles", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
        where method != "PUT"
        select (new HttpMethod(method), path);

    private static string Fill(string path, bool foreign)
    {
        var id = path.Contains("deviceTemplates", StringComparison.Ordinal)
            ? foreign
                ? Fridge.TemplateId
                : "dtmi:no:where;1"
            : foreign
                ? "theirs"
                : "nowhere";
        return path.Replace("{id}", id, StringComparison.Ordinal)
            .Replace("{component}", "door", StringComparison.Ordinal)
            .Replace("{name}", "temperature", StringComparison.Ordinal);
    }

    private static string? BodyOf(string path, HttpMethod method) =>
        method == HttpMethod.Patch ? Bodies[path.Split('/')[2]]
        : method == HttpMethod.Post ? "{}"
        : null;
}
