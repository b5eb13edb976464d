using System.Net;
using System.Text.Json.Nodes;

namespace IoTCentral.Web.Tests.Api;

public sealed class TemplateApiTests(TestSite site) : IClassFixture<TestSite>
{
    private const string Path = $"deviceTemplates/{Fridge.TemplateId}";

    [Fact]
    public async Task A_put_template_is_published_and_can_be_put_again()
    {
        using var api = await ApiClient.OfAsync(site);

        var first = await api.PutAsync(Path, Fridge.Template);
        var again = await api.PutAsync(Path, Fridge.Template);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.Status, again.Status));
        Assert.Equal(Fridge.TemplateId, (string?)first["@id"]);
        Assert.Equal("Fridge", (string?)(await api.GetAsync(Path))["displayName"]);
        Assert.Single((await api.GetAsync("deviceTemplates"))["value"].AsArray());
    }

    [Fact]
    public async Task What_devices_rely_on_cannot_be_taken_from_a_published_template()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync(Path, Fridge.Template);
        var smaller = JsonNode.Parse(Fridge.Template)!;
        smaller["capabilityModel"]!["contents"]!.AsArray().RemoveAt(0);

        var answer = await api.PutAsync(Path, smaller.ToJsonString());

        Assert.Equal((HttpStatusCode.Conflict, "template.breaking-change"), (answer.Status, answer.Reason));
    }

    [Fact]
    public async Task A_patch_changes_the_name()
    {
        using var api = await ApiClient.OfAsync(site);
        var etag = (string)(await api.PutAsync(Path, Fridge.Template))["etag"]!;

        var patched = await api.PatchAsync(Path, $$"""{"displayName":"Cold one","etag":"{{etag}}"}""");
        var stale = await api.PatchAsync(Path, $$"""{"displayName":"Other","etag":"{{etag}}"}""");

        Assert.Equal("Cold one", (string?)patched["displayName"]);
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
    }

    [Fact]
    public async Task Every_fault_of_a_template_is_told_with_its_path()
    {
        using var api = await ApiClient.OfAsync(site);
        var wrong = JsonNode.Parse(Fridge.Template)!;
        wrong["capabilityModel"]!["contents"]![0]!["schema"] = "colour";
        wrong["capabilityModel"]!["contents"]![1]!.AsObject().Remove("name");

        var answer = await api.PutAsync(Path, wrong.ToJsonString());

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "template.invalid"), (answer.Status, answer.Reason));
        Assert.True(answer["error"]["details"]!.AsArray().Count >= 2);
    }

    [Fact]
    public async Task A_template_in_use_is_kept()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync(Path, Fridge.Template);
        await api.PutAsync("devices/f1", $$"""{"template":"{{Fridge.TemplateId}}"}""");

        var refused = await api.DeleteAsync(Path);
        await api.DeleteAsync("devices/f1");
        var deleted = await api.DeleteAsync(Path);

        Assert.Equal((HttpStatusCode.Conflict, "template.in-use"), (refused.Status, refused.Reason));
        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync(Path)).Status);
    }

    [Fact]
    public async Task A_device_of_a_template_that_is_not_there_is_refused()
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.PutAsync("devices/f1", """{"template":"dtmi:no:such;1"}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "device.invalid"), (answer.Status, answer.Reason));
    }
}
