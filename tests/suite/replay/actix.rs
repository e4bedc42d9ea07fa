//! The app on actix-web.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpRequest, HttpResponse, rt, web};
use hookporter::Endpoint;
use hookporter::actix::{EndpointMiddleware, EndpointResource, NotWorked, Server, Verified, VerifiedJsonRejection};
use hookporter::inbox::Attempt;

use super::said::{Said, Streamed, hang};
use super::state::{Dropped, Seen, State};
use super::{Function, Shape};

#[derive(serde::Deserialize)]
struct Invoice {
    amount: u32,
}

async fn handler(
    request: HttpRequest,
    state: web::Data<State>,
    tenant: web::Path<String>,
    query: web::Query<BTreeMap<String, String>>,
    Verified(event): Verified,
    attempt: Option<web::ReqData<Attempt>>,
    invoice: web::Json<Invoice>,
) -> Result<HttpResponse, Error> {
    let headers = request.headers().iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    let seen = Seen {
        tenant: tenant.into_inner(),
        query: query.into_inner(),
        amount: invoice.amount,
        uri: request.uri().to_string(),
        route: request.match_pattern().unwrap(),
        peer: request.peer_addr().map(|peer| peer.ip()),
        headers,
    };
    let said = state.saw(seen, event.clone(), attempt.map(web::ReqData::into_inner));
    Ok(match said {
        Said::Status(status) => HttpResponse::new(StatusCode::from_u16(status).unwrap()),
        Said::RetryAfter(value) => {
            HttpResponse::ServiceUnavailable().insert_header((header::RETRY_AFTER, value)).finish()
        }
        Said::NotWorked(error) => return Err(NotWorked::from(error).into()),
        Said::WrongType => return Err(VerifiedJsonRejection::Payload(event.json::<u32>().unwrap_err()).into()),
        Said::Panic(text) => panic!("{text}"),
        Said::Hang => {
            let _dropped = Dropped(state.dropped.clone());
            match hang().await {}
        }
        Said::Block(time) => {
            std::thread::sleep(time);
            HttpResponse::Created().finish()
        }
        Said::Stream(whole) => HttpResponse::Ok().body(Streamed { left: 4, whole, ended: state.streamed.clone() }),
    })
}

async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody + 'static>, Error> {
    request.app_data::<web::Data<State>>().unwrap().count();
    next.call(request).await
}

async fn answer(
    status: u16,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody + 'static>, Error> {
    let (request, _) = next.call(request).await?.into_parts();
    Ok(ServiceResponse::new(request, HttpResponse::new(StatusCode::from_u16(status).unwrap())))
}

/// Middleware outside and inside of a scope, and a default service that answers 200 to everything.
pub fn app(
    shape: Shape,
    state: State,
    endpoint: Endpoint,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + 'static>,
        Error = Error,
        InitError = (),
    >,
> {
    let middleware = EndpointMiddleware::new(endpoint.clone());
    let hook = |path| web::resource(path).wrap(middleware.clone()).route(web::post().to(handler));
    let hooks = web::scope("/webhooks").wrap(from_fn(count));
    let hooks = match shape {
        Shape::Same => hooks.service(hook("/{tenant}")),
        Shape::Alone => hooks.service(EndpointResource::new("/{tenant}", endpoint).unwrap()),
        Shape::Around(status) => hooks.service(
            web::resource("/{tenant}")
                .wrap(middleware)
                .wrap(from_fn(move |request, next| answer(status, request, next)))
                .route(web::post().to(handler)),
        ),
        Shape::Behind => hooks.service(
            web::resource("/{tenant}")
                .wrap(middleware)
                .wrap(EndpointMiddleware::new(super::other()))
                .route(web::post().to(handler)),
        ),
        Shape::Gone => hooks.service(hook("/elsewhere/{tenant}")),
    };
    App::new()
        .app_data(web::Data::new(state))
        .service(hooks)
        .default_service(web::to(|| async { "the single-page app" }))
        .wrap(from_fn(count))
}

/// Serves the app on a thread of its own until the process ends.
pub fn serve(state: &State, endpoint: &Endpoint) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (state, endpoint) = (state.clone(), endpoint.clone());
    std::thread::spawn(move || {
        let app = move || app(Shape::Same, state.clone(), endpoint.clone());
        let server = Server::from_listener(listener).workers(1).run(app, std::future::pending());
        rt::System::new().block_on(server).unwrap();
    });
    address
}

pub fn through(threads: usize, shape: Shape, state: &State, endpoint: &Endpoint) -> Function {
    let (state, endpoint) = (state.clone(), endpoint.clone());
    let app = move || app(shape, state.clone(), endpoint.clone());
    Box::new(hookporter::actix::through(threads, app).unwrap())
}
