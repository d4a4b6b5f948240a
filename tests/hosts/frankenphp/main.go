// A small web server on FrankenPHP, as an application would embed it. It serves a folder in classic mode, or through a
// worker script, and ends in order at SIGTERM.
//
// usage: host ADDRESS FOLDER THREADS [WORKER-SCRIPT]
//
// Asked for /-/restart-workers it restarts the threads of the worker script; for /-/reboot it shuts the engine down and
// starts it again, in the same process.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/dunglas/frankenphp"
)

func main() {
	address, root := os.Args[1], os.Args[2]
	threads, err := strconv.Atoi(os.Args[3])
	if err != nil {
		log.Fatal("host: ", err)
	}
	options := []frankenphp.Option{frankenphp.WithNumThreads(threads)}
	ofRequests := []frankenphp.RequestOption{frankenphp.WithRequestDocumentRoot(root, false)}
	if len(os.Args) > 4 {
		// One thread stays regular: FrankenPHP insists.
		options = append(options, frankenphp.WithWorkers("app", os.Args[4], threads-1))
		ofRequests = append(ofRequests, frankenphp.WithWorkerName("app"))
	}
	start := func() {
		if err := frankenphp.Init(options...); err != nil {
			log.Fatal("host: ", err)
		}
	}
	start()

	var engine sync.RWMutex // held for writing while the engine is down
	routes := http.NewServeMux()
	routes.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		engine.RLock()
		defer engine.RUnlock()
		request, err := frankenphp.NewRequestWithContext(r, ofRequests...)
		if err == nil {
			err = frankenphp.ServeHTTP(w, request)
		}
		if err != nil {
			log.Print("host: ", err)
		}
	})
	routes.HandleFunc("/-/restart-workers", func(http.ResponseWriter, *http.Request) {
		frankenphp.RestartWorkers()
	})
	routes.HandleFunc("/-/reboot", func(http.ResponseWriter, *http.Request) {
		engine.Lock()
		defer engine.Unlock()
		frankenphp.Shutdown()
		start()
	})

	server := &http.Server{Addr: address, Handler: routes}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() {
		if err := server.ListenAndServe(); err != http.ErrServerClosed {
			log.Fatal("host: ", err)
		}
	}()
	<-stop
	limit, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		log.Print("host: ", err)
	}
	frankenphp.Shutdown()
}
