using System.Net;
using IoTCentral.Core.Access;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Features.Templates;
using IoTCentral.Web.Tests.Devices;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Web.Tests.Templates;

public sealed class TemplateFileTests(TestSite site) : IClassFixture<TestSite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private async Task<(Application Application, Browser Browser)> MemberAsync()
    {
        var application = await site.ApplicationAsync();
        var anna = await site.PersonAsync();
        await site.JoinAsync(anna, application, Role.Operator);
        await site
            .Services.GetRequiredService<TemplateBook>()
            .AddAsync(Caller.System(application.TenantId), Fridge.Template, Ct);
        return (application, await site.SignedInAsync(anna, Ct));
    }

    private static string Path(Application application, TemplateFileForm form) =>
        $"/apps/{application.Slug}/{TemplateAddress.File(Fridge.TemplateId, form)}";

    [Fact]
    public async Task A_template_is_downloaded_as_a_file_that_can_be_read_again()
    {
        var (application, browser) = await MemberAsync();
        using var _ = browser;

        var response = await browser.GetAsync(Path(application, TemplateFileForm.Template), Ct);

        Assert.Equal("fridge-v1.template.json", response.Content.Headers.ContentDisposition?.FileName);
        var read = DtdlReader.Read(await response.Content.ReadAsStringAsync(Ct)).Get();
        Assert.Equal(Fridge.TemplateId, read.Id);
        Assert.Equal(Fridge.Template.Capabilities.Count, read.Capabilities.Count);
    }

    [Fact]
    public async Task A_template_that_was_never_a_file_has_no_original()
    {
        var (application, browser) = await MemberAsync();
        using var _ = browser;

        var response = await browser.GetAsync(Path(application, TemplateFileForm.Original), Ct);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task A_stranger_to_the_application_gets_no_file()
    {
        var (application, browser) = await MemberAsync();
        browser.Dispose();
        using var stranger = await site.SignedInAsync(await site.PersonAsync(), Ct);

        var response = await stranger.GetAsync(Path(application, TemplateFileForm.Template), Ct);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }
}
