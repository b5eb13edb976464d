using System.Net;
using IoTCentral.Core.Access;
using IoTCentral.Core.Provisioning;

namespace IoTCentral.Web.Tests.Api;

public sealed class EnrollmentGroupApiTests(TestSite site) : IClassFixture<TestSite>
{
    [Fact]
    public async Task Every_application_has_the_group_its_devices_keys_derive_from()
    {
        using var api = await ApiClient.OfAsync(site);

        var group = Assert.Single((await api.GetAsync("enrollmentGroups"))["value"].AsArray())!;

        Assert.Equal("SAS-IoT-Devices", (string?)group["id"]);
        Assert.Equal("symmetricKey", (string?)group["attestation"]!["type"]);
        Assert.Equal(api.Application.IdScope, (string?)group["idScope"]);
    }

    [Fact]
    public async Task A_pasted_key_is_taken_over_and_the_other_one_stays()
    {
        using var api = await ApiClient.OfAsync(site);
        var before = await api.GetAsync("enrollmentGroups/SAS-IoT-Devices");
        var key = DeviceKey.New();

        var patched = await api.PatchAsync(
            "enrollmentGroups/SAS-IoT-Devices",
            $$$$"""{"attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"{{{{key}}}}"}}}"""
        );

        var keys = patched["attestation"]["symmetricKey"]!;
        Assert.Equal(key, (string?)keys["primaryKey"]);
        Assert.Equal((string?)before["attestation"]["symmetricKey"]!["secondaryKey"], (string?)keys["secondaryKey"]);
    }

    [Fact]
    public async Task A_group_without_keys_gets_them_made()
    {
        using var api = await ApiClient.OfAsync(site);

        var made = await api.PutAsync(
            "enrollmentGroups/north",
            """{"displayName":"North","type":"iot","attestation":{"type":"symmetricKey"}}"""
        );

        Assert.Equal(HttpStatusCode.OK, made.Status);
        Assert.True(DeviceKey.IsLegal((string)made["attestation"]["symmetricKey"]!["primaryKey"]!));
    }

    [Fact]
    public async Task Who_may_only_look_sees_no_keys()
    {
        using var admin = await ApiClient.OfAsync(site);
        using var reader = await ApiClient.OfAsync(site, admin.Application, Role.Operator);

        var group = await reader.GetAsync("enrollmentGroups/SAS-IoT-Devices");

        Assert.Null(group["attestation"].AsObject()["symmetricKey"]);
    }

    [Theory]
    [InlineData("""{"attestation":{"type":"tpm"}}""")]
    [InlineData("""{"reprovisionPolicy":"sometimes"}""")]
    [InlineData("""{"initialTwin":{"properties":{"desired":[1]}}}""")]
    [InlineData("""{"attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"short"}}}""")]
    [InlineData("""{"type":"toaster"}""")]
    public async Task What_a_group_cannot_be_is_refused(string json)
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.PutAsync("enrollmentGroups/north", json);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "enrollment.invalid"), (answer.Status, answer.Reason));
    }

    [Fact]
    public async Task Null_makes_a_member_what_it_is_when_nothing_is_said_about_it()
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync("enrollmentGroups/north", """{"displayName":"North","enabled":false,"type":"iotEdge"}""");

        var patched = await api.PatchAsync(
            "enrollmentGroups/north",
            """{"enabled":null,"displayName":null,"type":null}"""
        );

        Assert.True((bool)patched["enabled"]);
        Assert.Equal(("north", "iot"), ((string?)patched["displayName"], (string?)patched["type"]));
    }

    [Fact]
    public async Task A_stale_etag_is_refused()
    {
        using var api = await ApiClient.OfAsync(site);
        var etag = (string)(await api.GetAsync("enrollmentGroups/SAS-IoT-Devices"))["etag"]!;
        await api.PatchAsync("enrollmentGroups/SAS-IoT-Devices", """{"displayName":"Default"}""");

        var answer = await api.PatchAsync(
            "enrollmentGroups/SAS-IoT-Devices",
            $$"""{"displayName":"Late","etag":"{{etag}}"}"""
        );

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.Status);
    }
}
