using System.Net;

namespace IoTCentral.Web.Tests.Api;

/// <summary>Faults are told by the names that the body of the request has.</summary>
public sealed class FaultTargetTests(TestSite site) : IClassFixture<TestSite>
{
    private const string Group = "enrollmentGroups/SAS-IoT-Devices";

    [Fact]
    public async Task The_name_of_a_device_is_its_displayName()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/d1", "{}");
        var tooLong = $$"""{"displayName":"{{new string('x', 200)}}"}""";

        var put = await api.PutAsync("devices/no%20spaces", tooLong);
        var patched = await api.PatchAsync("devices/d1", tooLong);

        Assert.Equal(["id", "displayName"], put.Targets);
        Assert.Equal(["displayName"], patched.Targets);
        Assert.StartsWith("displayName: ", (string?)patched["error"]["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("primaryKey")]
    [InlineData("secondaryKey")]
    public async Task The_key_of_a_group_is_told_with_its_place(string key)
    {
        using var api = await ApiClient.OfAsync(site);
        var body = $$$$"""{"attestation":{"type":"symmetricKey","symmetricKey":{"{{{{key}}}}":"short"}}}""";

        var put = await api.PutAsync("enrollmentGroups/north", body);
        var patched = await api.PatchAsync(Group, body);

        Assert.Equal([$"attestation.symmetricKey.{key}"], put.Targets);
        Assert.Equal([$"attestation.symmetricKey.{key}"], patched.Targets);
    }

    [Fact]
    public async Task Every_member_of_the_wrong_kind_is_told_with_its_place()
    {
        using var api = await ApiClient.OfAsync(site);

        var patched = await api.PatchAsync(
            Group,
            """{"enabled":"yes","attestation":{"symmetricKey":{"primaryKey":5}}}"""
        );

        Assert.Equal(HttpStatusCode.UnprocessableEntity, patched.Status);
        Assert.Equal(["enabled", "attestation.symmetricKey.primaryKey"], patched.Targets.OrderDescending());
    }

    [Fact]
    public async Task A_template_without_a_name_is_told_so()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync($"deviceTemplates/{Fridge.TemplateId}", Fridge.Template);

        var patched = await api.PatchAsync($"deviceTemplates/{Fridge.TemplateId}", """{"displayName":5}""");

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "template.invalid"), (patched.Status, patched.Reason));
        Assert.Equal(["displayName"], patched.Targets);
    }

    [Theory]
    [InlineData("devices/d1", "id", """{"id":"*"}""")]
    [InlineData(Group, "id", """{"id":"*","displayName":"Default"}""")]
    [InlineData($"deviceTemplates/{Fridge.TemplateId}", "@id", """{"@id":"*"}""")]
    public async Task An_id_that_contradicts_the_address_is_refused(string path, string member, string body)
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("devices/d1", "{}");
        await api.PutAsync($"deviceTemplates/{Fridge.TemplateId}", Fridge.Template);
        var of = path[(path.IndexOf('/', StringComparison.Ordinal) + 1)..];
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Patch })
        {
            var (other, same) = (body.Replace("*", "dtmi:b;1", Ordinal), body.Replace("*", of, Ordinal));
            if (method == HttpMethod.Put && member == "@id")
                (other, same) = (Fridge.With(other), Fridge.With(same));

            var refused = await api.SendAsync(method, path, other);

            Assert.Equal((HttpStatusCode.UnprocessableEntity, member), (refused.Status, refused.Targets.Single()));
            Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(method, path, same)).Status);
        }
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;
}
