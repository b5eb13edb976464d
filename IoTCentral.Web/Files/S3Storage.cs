using Amazon.Runtime;
using Amazon.S3;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Files;

/// <summary>Buckets of Amazon S3 and of stores that speak its protocol.</summary>
internal sealed class S3Storage(StorageHttp http)
{
    public IFileStore Open(S3Bucket target) => new S3FileStore(Client(target), target.Bucket, target.Place);

    public async Task<Fault?> TryAsync(S3Bucket target, TenantId tenant, CancellationToken ct)
    {
        if (!http.MayReach(new Uri(target.Endpoint)))
            return new Fault("s3.endpoint", "Reach the store by https.");
        try
        {
            using var client = Client(target);
            var key = $"{tenant}/probe-{Guid.CreateVersion7():N}";
            await client.PutObjectAsync(
                S3FileStore.Put(target.Bucket, key, new MemoryStream("IoTCentral"u8.ToArray())),
                ct
            );
            using (await client.GetObjectAsync(target.Bucket, key, ct)) { }
            await client.DeleteObjectAsync(target.Bucket, key, ct);
            return null;
        }
        catch (Exception e) when (S3Errors.IsAway(e, ct))
        {
            return S3Errors.FaultOf(e, target);
        }
    }

    // Nothing of the machine's own settings for Amazon (profiles, variables, roles) plays a part.
    private AmazonS3Client Client(S3Bucket target) =>
        new(
            new BasicAWSCredentials(target.AccessKeyId, target.Secret),
            new AmazonS3Config
            {
                DefaultConfigurationMode = DefaultConfigurationMode.Standard,
                IgnoreConfiguredEndpointUrls = true,
                UseFIPSEndpoint = false,
                UseDualstackEndpoint = false,
                DisableS3ExpressSessionAuth = true,
                ServiceURL = target.Endpoint,
                AuthenticationRegion = target.Region,
                ForcePathStyle = target.PathStyle,
                // stores of others do not know Amazon's newer checksums
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
                RetryMode = RequestRetryMode.Standard,
                MaxErrorRetry = 3,
                HttpClientFactory = S3HttpClients.For(http.Handler, new Uri(target.Endpoint)),
            }
        );
}
