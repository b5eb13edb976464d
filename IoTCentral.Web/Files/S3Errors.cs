using Amazon.Runtime;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files.Storage;

namespace IoTCentral.Web.Files;

/// <summary>What a store of S3 answers instead of doing it, and that it does not answer.</summary>
internal static class S3Errors
{
    /// <summary>It is the store's or the network's, and nobody has given up.</summary>
    public static bool IsAway(Exception e, CancellationToken ct) =>
        !ct.IsCancellationRequested
        && e
            is AmazonServiceException
                or AmazonClientException
                or HttpRequestException
                or IOException
                or TimeoutException
                or OperationCanceledException;

    public static UnavailableException Away(string place, Exception e) =>
        new($"The storage '{place}' does not take part at the moment: {WordOf(e)}");

    /// <summary>Which of the settings it is about.</summary>
    public static Fault FaultOf(Exception e, S3Bucket target) =>
        e is AmazonServiceException { ErrorCode.Length: > 0 } refused
            ? new Fault(
                refused.ErrorCode switch
                {
                    "NoSuchBucket" => "s3.bucket",
                    "InvalidAccessKeyId" => "s3.accessKeyId",
                    "SignatureDoesNotMatch" => "s3.secretAccessKey",
                    "AuthorizationHeaderMalformed" or "PermanentRedirect" => "s3.region",
                    _ => "s3",
                },
                $"The bucket '{target.Bucket}' cannot be used: {WordOf(refused)}"
            )
            : new Fault("s3.endpoint", $"The store cannot be reached: {WordOf(e)}");

    private static string WordOf(Exception e) =>
        e is AmazonServiceException { ErrorCode: { Length: > 0 } code } ? code : e.GetBaseException().Message;
}
