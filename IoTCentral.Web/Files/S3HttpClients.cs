using System.Net;
using Amazon.Runtime;

namespace IoTCentral.Web.Files;

/// <summary>
/// HTTP for one client of the S3 SDK. The SDK follows redirects by itself, signed anew; here it does not leave the host
/// that was named.
/// </summary>
internal sealed class S3HttpClients(HttpClient client) : HttpClientFactory
{
    /// <summary>Until a request is answered. A part of a file (5 MB) goes up in it over a line of 1 Mbit/s.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="handler">Everybody's; it stays open.</param>
    public static S3HttpClients For(SocketsHttpHandler handler, Uri endpoint) =>
        new(new HttpClient(new OneHost(handler, endpoint), disposeHandler: false) { Timeout = Patience });

    /// <summary>Asked for at each request.</summary>
    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    private sealed class OneHost(SocketsHttpHandler inner, Uri endpoint) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            if (!IsOurs(request.RequestUri!))
                throw Elsewhere(request.RequestUri!);
            var answer = await base.SendAsync(request, cancellationToken);
            if (answer is not { StatusCode: >= HttpStatusCode.MultipleChoices, Headers.Location: { } to })
                return answer;
            answer.Dispose();
            throw Elsewhere(to);
        }

        private bool IsOurs(Uri address) =>
            (address.Scheme, address.Port) == (endpoint.Scheme, endpoint.Port)
            && (
                address.Host == endpoint.Host
                || address.Host.EndsWith($".{endpoint.Host}", StringComparison.OrdinalIgnoreCase)
            );

        private static HttpRequestException Elsewhere(Uri address) =>
            new($"It points to {address}. Name the endpoint and region of the bucket itself.");
    }
}
