using System.Net;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Web.Tests.Health;

public sealed class MetricsTests(TestSite site) : IClassFixture<TestSite>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1", "localhost:8080")]
    [InlineData("::1", "[::1]:8080")]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1")]
    public async Task This_machine_may_read_the_figures_of_iotcentral(string from, string host)
    {
        var answer = await AskAsync(from, host);

        Assert.Equal(StatusCodes.Status200OK, answer.Response.StatusCode);
        using var reader = new StreamReader(answer.Response.Body);
        var text = await reader.ReadToEndAsync(Ct);
        Assert.Contains("service_name=\"iotcentral\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("198.51.100.7", "localhost:8080", null)]
    [InlineData("127.0.0.1", "evil.example:8080", null)]
    [InlineData("127.0.0.1", "localhost.evil.example", null)]
    [InlineData("127.0.0.1", "localhost:8080", "X-Forwarded-For: 198.51.100.7")]
    [InlineData("127.0.0.1", "localhost:8080", "X-Forwarded-For: 127.0.0.1")]
    [InlineData("127.0.0.1", "localhost:8080", "X-Real-IP: 127.0.0.1")]
    [InlineData("127.0.0.1", "evil.example", "X-Forwarded-Host: localhost")]
    public async Task Nobody_else_may(string from, string host, string? header)
    {
        var answer = await AskAsync(from, host, header);

        Assert.NotEqual(StatusCodes.Status200OK, answer.Response.StatusCode);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.OK)]
    [InlineData(false, HttpStatusCode.Forbidden)]
    public async Task Who_runs_the_installation_may_from_anywhere(bool isAdministrator, HttpStatusCode expected)
    {
        var person = await site.PersonAsync(runsInstallation: isAdministrator);
        using var browser = await site.SignedInAsync(person, Ct);

        Assert.Equal(expected, (await browser.GetAsync("/metrics", Ct)).StatusCode);
    }

    private Task<HttpContext> AskAsync(string from, string host, string? header = null) =>
        site.Server.SendAsync(
            context =>
            {
                context.Connection.RemoteIpAddress = IPAddress.Parse(from);
                context.Request.Method = HttpMethods.Get;
                context.Request.Path = "/metrics";
                context.Request.Host = new(host);
                if (header?.Split(": ") is [var name, var value])
                    context.Request.Headers[name] = value;
            },
            Ct
        );
}
