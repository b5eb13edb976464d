using System.Net;
using System.Text;

namespace IoTCentral.Web.Tests.Api;

/// <summary>Text that cannot be stored is the asker's mistake wherever it stands, never ours (500).</summary>
public sealed class BadTextTests(TestSite site) : IClassFixture<TestSite>
{
    public static TheoryData<string, string, string> Bodies { get; } =
    [
        .. from call in new[]
        {
            ("PUT", "devices/d1", """{"displayName":"*"}"""),
            ("PATCH", "devices/d1", """{"displayName":"*"}"""),
            ("PUT", "devices/d1", """{"template":"*"}"""),
            ("PATCH", "devices/d1", """{"template":"*"}"""),
            ("PATCH", "devices/d1", """{"organizations":["*"]}"""),
            ("PATCH", "devices/d1", """{"etag":"*"}"""),
            ("PUT", "enrollmentGroups/north", """{"displayName":"*"}"""),
            ("PATCH", "enrollmentGroups/SAS-IoT-Devices", """{"displayName":"*"}"""),
            ("PATCH", "enrollmentGroups/SAS-IoT-Devices", """{"attestation":{"type":"*"}}"""),
            ("PUT", $"deviceTemplates/{Fridge.TemplateId}", Fridge.Template.Replace("Fridge", "*", Ordinal)),
            ("PATCH", $"deviceTemplates/{Fridge.TemplateId}", """{"displayName":"*"}"""),
            ("PATCH", $"deviceTemplates/{Fridge.TemplateId}", """{"*":"Fridge"}"""),
            ("PATCH", "devices/d1/properties", """{"storeManager":"*"}"""),
            ("PATCH", "devices/d1/properties", """{"*":"Anna"}"""),
            ("PATCH", "devices/d1/components/door/properties", """{"serial":"*"}"""),
        }
        from bad in new[] { "\\ud800", "\\u0000", "\\udc00\\ud800", "\u00ff\u00fe" }
        select (call.Item1, call.Item2, call.Item3.Replace("*", bad, Ordinal)),
    ];

    private const StringComparison Ordinal = StringComparison.Ordinal;

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_with_text_that_cannot_be_stored_is_refused(string method, string path, string json)
    {
        using var api = await ApiClient.OfAsync(site);
        await api.PutAsync($"deviceTemplates/{Fridge.TemplateId}", Fridge.Template);
        await api.PutAsync("devices/d1", $$"""{"template":"{{Fridge.TemplateId}}"}""");

        // one byte a character: 255 and 254 are no UTF-8
        var answer = await api.SendAsync(new(method), path, Encoding.Latin1.GetBytes(json));

        Assert.Contains(answer.Status, new[] { HttpStatusCode.BadRequest, HttpStatusCode.UnprocessableEntity });
        Assert.NotEmpty(answer.Code!);
    }

    [Fact]
    public async Task The_member_with_the_bad_text_is_named()
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.PutAsync(
            "enrollmentGroups/north",
            """{"attestation":{"type":"\u0000"},"displayName":"\ud800"}"""
        );

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "api.invalid-body"), (answer.Status, answer.Reason));
        Assert.Equal(["attestation.type", "displayName"], answer.Targets);
    }

    [Theory]
    [InlineData("devices?filter=displayName%20eq%20'%00'")]
    [InlineData("devices?filter=contains(id,'%00')")]
    [InlineData("devices?filter=template%20eq%20'a%00'")]
    [InlineData("devices?$skiptoken=%00")]
    [InlineData("devices?$skiptoken=QUFwQg")]
    [InlineData("deviceTemplates?$skiptoken=AAAA")]
    public async Task A_query_with_U0000_is_refused(string path)
    {
        using var api = await ApiClient.OfAsync(site);

        var answer = await api.GetAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("BadRequest", answer.Code);
    }

    [Theory]
    [InlineData("a%00", "b")]
    [InlineData("a", "b%00")]
    public async Task A_token_with_U0000_is_no_token(string application, string id)
    {
        var header = $"SharedAccessSignature sr={application}&sig=AAAA&skn={id}&se=4102444800000";
        using var api = new ApiClient(site.Server.CreateClient(), header, await site.ApplicationAsync());

        Assert.Equal(HttpStatusCode.Unauthorized, (await api.GetAsync("devices")).Status);
    }
}
